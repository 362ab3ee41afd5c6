"""Deadlines pass in order, and one that cannot pass holds up no other."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.command.flows.orders_made import actor, drafted, issued
from tests.command.people import World

from fanzha.command.flows.models import Notification, OutboxItem, ProcessInstance, Timer
from fanzha.command.flows.services import fire
from fanzha.command.flows.timers import pass_due
from fanzha.command.organizations.kinds import Role
from fanzha.command.organizations.scoping import everything

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_a_draft_that_nobody_approves_is_escalated_and_then_dropped(world: World) -> None:
    order = drafted(world, NOON)
    assert pass_due(NOON + timedelta(minutes=10)) == 1
    assert pass_due(NOON + timedelta(minutes=70)) == 1
    assert pass_due(NOON + timedelta(minutes=70, hours=24)) == 1
    with everything("test"):
        order.refresh_from_db()
        assert order.state == "dropped"
        to = (
            OutboxItem.objects.filter(instance=order, effect="escalate")
            .order_by("id")
            .values_list("payload", flat=True)
        )
        assert [payload["to"] for payload in to] == ["duty_officer", "regulator"]


def test_a_step_taken_in_time_cancels_the_deadline(world: World) -> None:
    order = drafted(world, NOON)
    fire(
        order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"}, at=NOON + timedelta(minutes=9)
    )
    assert pass_due(NOON + timedelta(minutes=12)) == 0
    with everything("test"):
        assert not Notification.objects.exists()
    assert Timer.objects.filter(instance=order, deadline="second_person").get().state == "cancelled"


def test_an_order_ends_when_its_time_is_over(world: World) -> None:
    order = issued(world, NOON, ("carrier",))
    pass_due(NOON + timedelta(days=7, seconds=1))
    with everything("test"):
        assert ProcessInstance.objects.get(pk=order.pk).state == "closed"  # nobody had begun: nothing is to be lifted


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-400)])
def test_a_clock_that_jumps_lets_no_deadline_pass_twice(world: World, jump: timedelta) -> None:
    order = issued(world, NOON, ("carrier",))
    due = NOON + timedelta(minutes=5)
    moments = [due, due + jump, due, due + timedelta(seconds=1)]
    passed = sum(pass_due(moment) for moment in moments)
    fired = Timer.objects.filter(instance=order, state="fired")
    assert passed == fired.count() == len(set(fired.values_list("timer_id", flat=True)))
    with everything("test"):
        keys = OutboxItem.objects.filter(instance=order, effect="escalate").values_list("key", flat=True)
        assert len(keys) == len(set(keys)) > 0
