"""Who takes a step of a process follows it; other followers are told of the steps that they may read."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from msgspec import structs
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.collaboration.checks import follow_steps
from fanzha.command.collaboration.services import set_subscription
from fanzha.command.processes.models import Leg, Notification
from fanzha.command.processes.selectors import current_situation
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role

if TYPE_CHECKING:
    from fanzha.processes.situation import Change

pytestmark = pytest.mark.django_db


def told(world: World, name: str, role: Role) -> list[str]:
    rows = Notification._base_manager.filter(person=world.person(name, role), path__startswith="/processes/")
    return [one.text_en.rpartition(": ")[2] for one in rows.order_by("pk")]


def test_the_one_who_drafted_is_told_of_the_approval_and_the_approver_is_not(world: World) -> None:
    order = drafted(world)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says"})
    assert "Approve" in told(world, "centre", Role.ANALYST)[0]
    assert told(world, "centre", Role.REVIEWER) == []


def test_steps_of_a_leg_are_told_to_its_receiver_and_the_owner(world: World) -> None:
    order = issued(world)
    for name in ("carrier", "mvno"):
        set_subscription("process", order.ref, world.viewer(name, Role.CLERK), is_on=True)
    leg = Leg._base_manager.get(instance=order, receiver=world["carrier"])
    before = len(told(world, "centre", Role.ANALYST))
    fire(order.ref, "acknowledge", actor(world, "carrier", Role.EXECUTOR), {}, leg=leg.name)
    assert len(told(world, "carrier", Role.CLERK)) == 1 and told(world, "mvno", Role.CLERK) == []
    assert len(told(world, "centre", Role.ANALYST)) == before + 1
    assert told(world, "carrier", Role.EXECUTOR) == []


def test_nobody_is_told_of_a_step_before_his_own_in_one_change(world: World) -> None:
    order = drafted(world)
    draft = current_situation(order).history[0]
    steps = [
        structs.replace(draft, number=draft.number, person=world.person("centre", Role.ANALYST).ref),
        structs.replace(draft, number=draft.number, person=world.person("centre", Role.REVIEWER).ref),
    ]
    change = SimpleNamespace(steps=steps)
    follow_steps(order, cast("Change", change))
    assert told(world, "centre", Role.REVIEWER) == [] and len(told(world, "centre", Role.ANALYST)) == 1
