"""A receiver's system speaks for its organisation, on its own legs and under its own name."""

import pytest
from tests.command.orders.given import leg_of, states
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.receiver_reports import report_for_receiver
from fanzha.command.processes.models import Step
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal


def test_a_system_reports_under_its_name(world: World) -> None:
    order = issued(world)
    leg = leg_of(order, "2")
    report_for_receiver(leg, "acknowledge", {}, "endpoint:made-up")
    assert leg.state == states(order)["2"] == "acknowledged"
    with unscoped("test"):
        step = Step.objects.get(event="acknowledge")
    assert (step.actor, step.organization_id) == ("endpoint:made-up", world["mvno"].pk)


def test_what_is_not_possible_is_refused(world: World) -> None:
    with pytest.raises(Refusal):
        report_for_receiver(leg_of(issued(world)), "report_lifted", {"lifted_at": 1, "result": "x"}, "endpoint:made-up")
