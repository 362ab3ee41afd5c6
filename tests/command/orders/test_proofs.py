"""An effect is proven by what somebody else measured since, and what speaks against it sends the leg back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.orders.given import endpoint, leg_of, settle
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.base.clock import to_ms
from fanzha.command.orders.models import Measurement
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.orders.proofs import prove
from fanzha.command.orders.screen_delivery import withdraw_from_screens
from fanzha.command.processes.hooks import RetryLater
from fanzha.command.processes.models import Leg, ProcessInstance, Step
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

NUMBER = "+8617000001234"

pytestmark = pytest.mark.usefixtures("exercise_settings")


def executed(world: World) -> ProcessInstance:
    order = issued(world, receivers=("carrier",))
    done = {"executed_at": to_ms(timezone.now()), "result": "done", "proof": upload_for_all([b"refused"])}
    executor = actor(world, "carrier", Role.EXECUTOR)
    fire(order.ref, "acknowledge", executor, {}, leg="1")
    fire(order.ref, "report_executed", executor, done, leg="1")
    return order


def called(world: World, order: ProcessInstance, sent: str, by: str = "centre", **told: Any) -> None:
    Measurement._base_manager.create(
        instance=order,
        owner=world[by],
        kind="test_call",
        value=sent,
        told={"sent_caller": sent, "route": "A", **told},
        at=timezone.now() + timedelta(seconds=1),
    )


def prove_leg(leg: Leg) -> str:
    with unscoped("test"):
        return prove(leg)


def test_a_receivers_own_word_proves_nothing(world: World) -> None:
    assert prove_leg(leg_of(executed(world))) == ""


def test_what_a_receiver_measured_neither_proves_nor_disproves(world: World) -> None:
    order = executed(world)
    called(world, order, NUMBER, "carrier", arrived=False)
    called(world, order, "+8617000009999", "carrier", arrived=True, received_caller="+8617000009999")
    assert prove_leg(leg_of(order)) == ""
    called(world, order, NUMBER, "carrier", arrived=True, received_caller=NUMBER)
    assert prove_leg(leg_of(order)) == ""


def test_test_calls_prove_it_and_its_lifting(world: World) -> None:
    order = executed(world)
    called(world, order, NUMBER, arrived=False)
    assert prove_leg(leg_of(order)) == ""  # the route may be down
    called(world, order, "+8617000009999", arrived=True, received_caller="+8617000009999")
    assert prove_leg(leg_of(order)) == "prove"
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    lifted = {"lifted_at": to_ms(timezone.now()), "result": "lifted"}
    fire(order.ref, "report_lifted", actor(world, "carrier", Role.EXECUTOR), lifted, leg="1")
    called(world, order, NUMBER, arrived=True, received_caller=NUMBER)
    assert prove_leg(leg_of(order)) == "prove_lifted"


def test_a_call_that_arrives_sends_the_leg_back(world: World) -> None:
    order = executed(world)
    called(world, order, NUMBER, arrived=True, received_caller=NUMBER)
    assert prove_leg(leg_of(order)) == "disprove"
    with unscoped("test"):
        assert Step.objects.get(event="disprove").evidence["method"] == "test_call"


def test_the_snapshot_is_waited_for(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = executed(world)
    with pytest.raises(RetryLater, match="1 of 1"):
        prove_leg(leg_of(order))
    settle()
    assert leg_of(order).state == "verified"
    summary = summarize_order(order)
    withdraw_from_screens(f"{order.ref}/", summary.targets, timezone.now())
    assert prove_leg(leg_of(order)) == ""  # it is proven: nobody asks again by himself
