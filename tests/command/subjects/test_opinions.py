"""An opinion is its organisation's own, counts at once, can be taken back, and both are on record."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.claims.verdict import Level
from fanzha.command.audit.models import LogEntry
from fanzha.command.subjects.models import OpinionRow, Subject, VerdictRow
from fanzha.command.subjects.opinions import OpinionDraft, give_opinions, retract_opinion, undo_opinions
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.django_db
SUSPECTED = OpinionDraft(Level.SUSPECTED, score=0.9, fraud_type="fake_loan")


def level(world: World, name: str) -> str:
    """The level of an organisation's present verdict, "" without one."""
    held = VerdictRow._base_manager.filter(owner=world[name], superseded_at=None)
    return "".join(held.values_list("level", flat=True))


def test_what_is_said_counts_at_once_and_is_on_record(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    (row,) = give_opinions([subject()], SUSPECTED, viewer, timezone.now())
    assert (row.person_id, row.owner_id) == (viewer.person, world["carrier"].pk)
    assert level(world, "carrier") == "watch"  # no single organisation makes a suspect
    assert Subject.as_read_by(viewer).count() == 1 and not Subject.as_read_by(world.viewer("bank", Role.ANALYST))
    assert LogEntry._base_manager.get(kind="opinion").about == subject().ref


def test_a_later_opinion_takes_the_place_of_the_one_before(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    give_opinions([subject()], SUSPECTED, viewer, now)
    give_opinions([subject()], OpinionDraft(Level.CLEAR), viewer, now + timedelta(minutes=1))
    assert [one.level for one in OpinionRow._base_manager.filter(OpinionRow.standing())] == ["clear"]


def test_opinions_of_several_organizations_stand_beside_each_other(world: World) -> None:
    now = timezone.now()
    for name in ("carrier", "bank", "centre"):
        give_opinions([subject()], SUSPECTED, world.viewer(name, Role.ANALYST), now)
    assert OpinionRow._base_manager.filter(OpinionRow.standing()).count() == 3
    assert level(world, "centre") == "suspected"  # it supervises the others and reads what they say


def test_who_gave_it_can_withdraw_it_once(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    (row,) = give_opinions([subject()], SUSPECTED, viewer, now)
    with pytest.raises(Refusal):
        retract_opinion(row, "wrong", world.viewer("bank", Role.ANALYST), now)
    retract_opinion(row, "wrong", viewer, now + timedelta(minutes=1))
    assert level(world, "carrier") == "" and LogEntry._base_manager.filter(kind="opinion_withdrawn").count() == 1
    with pytest.raises(Refusal):
        retract_opinion(row, "wrong", viewer, now + timedelta(minutes=1))


def test_a_decision_is_not_withdrawn_by_hand(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    (row,) = give_opinions([subject()], SUSPECTED, viewer, now)
    row.decision = True
    with pytest.raises(Refusal):
        retract_opinion(row, "wrong", viewer, now)


def test_what_was_said_at_one_moment_is_taken_back_together(world: World) -> None:
    viewer, now = world.viewer("carrier", Role.ANALYST), timezone.now()
    give_opinions([subject()], OpinionDraft(Level.CLEAR), viewer, now)
    later = now + timedelta(minutes=1)
    give_opinions([subject(), subject("+8617000009999")], SUSPECTED, viewer, later)
    assert undo_opinions(later, viewer, "undone", later + timedelta(minutes=1)) == 2
    assert [one.level for one in OpinionRow._base_manager.filter(OpinionRow.standing())] == ["clear"]


def test_what_ends_before_it_begins_is_refused(world: World) -> None:
    now = timezone.now()
    with pytest.raises(Refusal):
        give_opinions([subject()], OpinionDraft(Level.WATCH, until=now), world.viewer("carrier", Role.ANALYST), now)
