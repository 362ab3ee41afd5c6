"""A leg's row offers what its reader may press, and tells how it was sent."""

import pytest
from tests.command.orders.given import endpoint, settle
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.leg_rows import LegRow, leg_rows
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.presenters import present_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.usefixtures("exercise_settings", "in_english")


def rows(world: World, order: ProcessInstance, name: str, *roles: Role) -> list[LegRow]:
    viewer = world.viewer(name, *roles)
    with seen_by(viewer):
        instance = ProcessInstance.objects.select_related("owner", "version").get(pk=order.pk)
        return leg_rows(present_process(instance, viewer), viewer)


def test_an_executor_presses_done_on_his_own_leg(world: World) -> None:
    (row,) = rows(world, issued(world), "carrier", Role.EXECUTOR)
    assert row.is_mine and row.can_acknowledge and row.done == "report_executed" and not row.can_urge
    assert "forward" in {step.offer.event for step in row.others} and row.sent_words == "by hand"


def test_the_owner_urges_and_sees_how_each_was_sent(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier", "mvno"))
    settle()
    first, second = rows(world, order, "centre", Role.ANALYST)
    assert (first.channel, first.sent_words, first.can_urge) == ("number treatment", "sent", False)
    assert (second.channel, second.can_urge, second.done) == ("", True, "")
