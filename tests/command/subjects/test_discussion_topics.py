"""Subjects are discussed by their masked values; organisations that share one take part."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign, number
from tests.command.people import World

from fanzha.command.subjects.discussion_topics import TOPICS
from fanzha.command.subjects.models import Share
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_a_subject_is_named_masked_and_its_shares_say_who_takes_part(world: World) -> None:
    campaign(world["carrier"], 1)
    ((kind, row),) = [(topic, number(0)) for topic in TOPICS]
    assert kind.title(row).en == "phone number +86 17•• ••0 0000" and kind.url(row) == f"/subjects/{row.ref}/"
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        assert set(kind.participants(row)) == set()
        carrier, bank, now = world["carrier"], world["bank"], timezone.now()
        until = now + timedelta(days=1)
        Share.objects.create(subject=row, owner=carrier, receiver=bank, purpose="a", shared_at=now, until=until)
        assert set(kind.participants(row)) == {world["carrier"].pk, world["bank"].pk}
