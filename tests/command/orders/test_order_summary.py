"""An order is read from its steps: what is ordered, on whose word, and what each receiver is told."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.orders.given import leg_of, spare
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.orders.order_summary import InvalidOrder, build_instruction, summarize_order
from fanzha.command.orders.order_summary import find_leg as leg_named
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.dispose import Action, Target


def test_an_instruction_names_both_persons_and_the_leg(world: World) -> None:
    order = issued(world)
    instruction = build_instruction(summarize_order(order), leg_of(order, "2"))
    assert (instruction.action, instruction.targets) == (Action.REFUSE, (Target("phone_number", "+8617000001234"),))
    people = (world.person("centre", Role.ANALYST).ref, world.person("centre", Role.REVIEWER).ref)
    assert instruction.approved_by == people and instruction.leg == f"{order.ref}/2" and not instruction.emergency
    assert instruction.receiver == world["mvno"].ref and instruction.simulated


def test_an_emergency_order_says_so_until_it_is_ratified(world: World) -> None:
    order = drafted(world)
    soon = int(timezone.now().timestamp() * 1000) + 7_200_000
    fire(
        order.ref,
        "issue_emergency",
        actor(world, "centre", Role.REVIEWER),
        {"danger": "money is on its way", "expires_at": soon},
    )
    order.refresh_from_db()
    instruction = build_instruction(summarize_order(order), leg_of(order))
    assert instruction.emergency and instruction.until == soon


def test_who_came_to_be_spared_is_hit_no_more_and_still_taken_back(world: World, own_home: Path) -> None:
    order = issued(world)
    spare(own_home, "+8617000001234")
    summary = summarize_order(order)
    assert summary.targets == () and summary.with_all_targets.targets == (Target("phone_number", "+8617000001234"),)
    with pytest.raises(InvalidOrder, match="different targets"):
        build_instruction(summary, leg_of(order))


def test_a_reference_leads_to_the_leg_of_its_own_receiver_alone(world: World) -> None:
    order = issued(world)
    leg = leg_named(f"{order.ref}/2", world["mvno"])
    assert leg is not None and leg.name == "2"
    assert leg_named(f"{order.ref}/2", world["carrier"]) is None
    assert leg_named("nothing", world["mvno"]) is None
