"""The form of a hand-over: colleagues but oneself, notes by item."""

import pytest
from django.http import QueryDict
from tests.command.people import World

from fanzha.command.shifts.forms import HandoverForm, read_items
from fanzha.command.shifts.services import Item
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_one_hands_over_to_somebody_else(world: World) -> None:
    own, reviewer = world.person("carrier", Role.ANALYST), world.person("carrier", Role.REVIEWER)
    viewer = world.viewer("carrier", Role.ANALYST)
    assert HandoverForm(viewer, {"process"}, {"to": reviewer.ref}).is_valid()
    assert not HandoverForm(viewer, {"process"}, {"to": own.ref}).is_valid()
    assert not HandoverForm(viewer, {"process"}, {}).is_valid()


def test_campaigns_are_handed_over_to_those_who_decide_on_them(world: World) -> None:
    executor, viewer = world.person("carrier", Role.EXECUTOR), world.viewer("carrier", Role.ANALYST)
    assert HandoverForm(viewer, {"process"}, {"to": executor.ref}).is_valid()
    assert not HandoverForm(viewer, {"process", "campaign"}, {"to": executor.ref}).is_valid()


def test_picked_items_have_their_notes() -> None:
    sent = QueryDict("pick=campaign:A&pick=process:B&note-campaign:A= hot &note-process:C=not picked")
    assert read_items(sent) == [Item("campaign", "A", "hot"), Item("process", "B")]
