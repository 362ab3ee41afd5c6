"""What is shared is read by whom it was shared with, counts for him, and no more when it has ended; all on record."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.marking import Marking
from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry
from fanzha.command.processes.models import Notification
from fanzha.command.subjects.models import FindingRow, Share, VerdictRow
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions
from fanzha.command.subjects.shares import ShareDraft, create_shares, end_share
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db
PURPOSE = "a joint case of the province"


def verdicts(world: World, name: str) -> list[str]:
    """The levels of an organisation's present verdicts."""
    held = VerdictRow._base_manager.filter(owner=world[name], superseded_at=None)
    return list(held.values_list("level", flat=True))


def test_a_share_is_read_and_weighed_until_it_ends(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    finding_row(world["carrier"], marking=Marking.RED)
    give_opinions([subject()], OpinionDraft(Level.SUSPECTED, score=1.0, marking=Marking.RED), viewer, now)
    bank = world.viewer("bank", Role.ANALYST)
    assert FindingRow.as_read_by(bank).count() == 0
    create_shares(
        subject(), [world["bank"], world["carrier"]], ShareDraft(PURPOSE, question="Is it yours?"), viewer, now
    )
    assert FindingRow.as_read_by(bank).count() == 1 and verdicts(world, "bank") == ["watch"]
    told = Notification._base_manager.get()
    assert told.owner_id == world["bank"].pk and "asks about" in told.text_en and "17000001234" not in told.text_en
    with scoped_to(viewer):
        row = Share.objects.select_related("receiver", "subject").get()
    with pytest.raises(Refusal):
        end_share(row, bank, now)
    end_share(row, viewer, now + timedelta(minutes=1))
    assert FindingRow.as_read_by(bank).count() == 0 and verdicts(world, "bank") == []
    with pytest.raises(Refusal):
        end_share(row, viewer, now + timedelta(minutes=2))
    kinds = LogEntry._base_manager.filter(about=subject().ref).order_by("place").values_list("kind", flat=True)
    assert list(kinds.order_by("place")) == ["opinion", "share", "share_ended"]


def test_the_same_share_again_is_one_with_a_new_end(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    create_shares(subject(), [world["bank"]], ShareDraft(PURPOSE), viewer, now)
    later = now + timedelta(days=7)
    create_shares(subject(), [world["bank"]], ShareDraft(PURPOSE, later), viewer, now + timedelta(minutes=1))
    assert list(Share._base_manager.values_list("until", flat=True)) == [later]


def test_nobody_shares_without_a_purpose_or_a_receiver(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    with pytest.raises(Refusal) as refused:
        create_shares(subject(), [world["carrier"]], ShareDraft(" ", now), viewer, now)
    assert set(refused.value.fields) == {"receivers", "purpose", "until"}
    assert not Share._base_manager.exists()
