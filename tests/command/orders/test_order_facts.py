"""An order's page says what it orders; the form of a receiver's step names the targets of its leg alone, masked."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import MIXED_TARGETS, issued, mixed_issued

from fanzha.command.orders.order_facts import describe_order_step, order_facts
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_measure_scope_reason_and_end_are_said(world: World) -> None:
    order = issued(world)
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        facts = order_facts(order)
    assert [fact.key for fact in facts] == ["Measure", "Scope", "Reason", "Ends"]
    assert [str(fact.value) for fact in facts[1:3]] == ["outgoing calls", "a burst of calls to strangers"]


@pytest.mark.usefixtures("own_home")
def test_the_form_of_a_leg_names_its_targets_and_measures_alone(world: World) -> None:
    order = mixed_issued(world)
    carrier, isp = world.viewer("carrier", Role.EXECUTOR), world.viewer("isp", Role.EXECUTOR)
    with scoped_to(carrier):
        *_, targets = described = describe_order_step(order, "1", carrier)
    assert targets.key == "2 targets" and "TRUNK" in str(targets.value) and "+8617000001234" not in str(targets.value)
    assert ", " in str(described[0].value)
    with scoped_to(isp):
        *_, targets = describe_order_step(order, "2", isp)
    assert targets.key == "1 target" and "TRUNK" not in str(targets.value)
    assert len(MIXED_TARGETS) == 3
