"""Open work of an organisation: own campaigns, processes it owns or has an open leg in, with who works on them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.campaigns.factories import campaign
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import AT

from fanzha.command.shifts.selectors import colleagues, describe_items, open_items
from fanzha.command.shifts.services import Item, assign
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_what_is_open_and_whose(world: World) -> None:
    now, row, order = timezone.now(), campaign(world["carrier"], 1), issued(world)
    campaign(world["carrier"], 1, first=10, state="snoozed", snoozed_until=now + timedelta(days=1))
    viewer, analyst = world.viewer("carrier", Role.ANALYST), world.person("carrier", Role.ANALYST)
    with scoped_to(viewer):
        assert {item.ref for item in open_items(viewer, now)} == {row.ref, order.ref}
        assert len(open_items(viewer, now, with_snoozed=True)) == 3
        assert open_items(viewer, now, person=analyst.pk) == []
        assign(Item("process", order.ref, "by noon"), analyst.ref, viewer)
        (mine,) = open_items(viewer, now, person=analyst.pk)
    assert (mine.kind, mine.person, mine.note, mine.key) == ("process", analyst.pk, "by noon", f"process:{order.ref}")
    with scoped_to(world.viewer("bank", Role.ANALYST)):
        assert open_items(world.viewer("bank", Role.ANALYST), now) == []


def test_a_campaign_that_nobody_took_is_late_after_a_day(world: World) -> None:
    campaign(world["carrier"], 1)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        early, late = (open_items(viewer, AT + timedelta(hours=hours))[0].is_late for hours in (1, 48))
    assert (early, late) == (False, True)


def test_colleagues_are_those_who_work_on_cases(world: World) -> None:
    for role in (Role.REVIEWER, Role.EXECUTOR, Role.PRIVACY_OFFICER):
        world.person("carrier", role)
    viewer = world.viewer("carrier", Role.ANALYST)
    assert {person.name for person in colleagues(viewer)} == {"carrier analyst", "carrier executor", "carrier reviewer"}


def test_items_of_a_handover_that_are_gone_keep_their_number_and_note(world: World) -> None:
    row, viewer = campaign(world["carrier"], 1), world.viewer("carrier", Role.ANALYST)
    stored = [{"kind": "campaign", "ref": row.ref, "note": "a"}, {"kind": "process", "ref": "X" * 26, "note": "b"}]
    with scoped_to(viewer):
        here, gone = describe_items(stored, viewer, timezone.now())
    assert here.item is not None and here.item.title == row.title
    assert (gone.item, gone.ref, gone.note) == (None, "XXXXXX", "b")
