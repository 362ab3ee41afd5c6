"""One turn of the worker lets deadlines pass and carries out; the worker stops when it is told to."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued

from fanzha.command.processes import worker
from fanzha.command.processes.models import Notification, OutboxItem, ProcessInstance, Timer
from fanzha.command.processes.services import fire
from fanzha.command.processes.worker import fire_due_timers
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped


def test_a_turn_takes_a_late_draft_to_its_desk(world: World) -> None:
    drafted(world, timezone.now() - timedelta(minutes=11))
    assert worker.run_once() == 2  # the deadline passed, and the desk was told
    with unscoped("test"):
        assert Notification.objects.filter(person=None).count() == 1
    assert worker.run_once() == 0


def test_wrong_settings_end_no_worker(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drafted(world, timezone.now() - timedelta(minutes=11))
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text('[processes.deadlines]\n"order.nothing" = "1h"\n', "utf-8")
    assert worker.run_once() == 2
    assert "there is no deadline order.nothing" in caplog.text


def test_the_worker_stops_when_it_is_told_to(db: None) -> None:
    stop = threading.Event()
    stop.set()
    worker.run_forever(stop)


# Deadlines pass in order, and one that cannot pass holds up no other.

NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_draft_that_nobody_approves_is_escalated_and_then_dropped(world: World) -> None:
    order = drafted(world, NOON)
    assert fire_due_timers(NOON + timedelta(minutes=10)) == 1
    assert fire_due_timers(NOON + timedelta(minutes=70)) == 1
    assert fire_due_timers(NOON + timedelta(minutes=70, hours=24)) == 1
    with unscoped("test"):
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
    assert fire_due_timers(NOON + timedelta(minutes=12)) == 0
    with unscoped("test"):
        assert not Notification.objects.filter(urgent=True).exists()
    assert Timer.objects.filter(instance=order, deadline="second_person").get().state == "cancelled"


def test_an_order_ends_when_its_time_is_over(world: World) -> None:
    order = issued(world, NOON, ("carrier",))
    fire_due_timers(NOON + timedelta(days=7, seconds=1))
    with unscoped("test"):
        assert ProcessInstance.objects.get(pk=order.pk).state == "closed"  # nobody had begun: nothing is to be lifted


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-400)])
def test_a_clock_that_jumps_lets_no_deadline_pass_twice(world: World, jump: timedelta) -> None:
    order = issued(world, NOON, ("carrier",))
    due = NOON + timedelta(minutes=5)
    moments = [due, due + jump, due, due + timedelta(seconds=1)]
    passed = sum(fire_due_timers(moment) for moment in moments)
    fired = Timer.objects.filter(instance=order, state="fired")
    assert passed == fired.count() == len(set(fired.values_list("timer_id", flat=True)))
    with unscoped("test"):
        keys = OutboxItem.objects.filter(instance=order, effect="escalate").values_list("key", flat=True)
        assert len(keys) == len(set(keys)) > 0


@pytest.mark.parametrize(
    ("local", "minutes"),
    [
        (datetime(2026, 10, 25, 1, 50, tzinfo=BERLIN), 200),
        (datetime(2026, 10, 25, 2, 52, tzinfo=BERLIN), 100),
        (datetime(2026, 3, 29, 1, 52, tzinfo=BERLIN), 40),
    ],
    ids=["before the hour that comes twice", "in it, the first time", "before the hour that is left out"],
)
def test_daylight_changes_let_each_deadline_pass_once_and_not_before_its_time(
    world: World, local: datetime, minutes: int
) -> None:
    """The wall clock of the machine goes on, is put back an hour, and goes through the same hour again."""
    for name in ("centre", "carrier"):
        world[name].zone = "Europe/Berlin"
        world[name].save()
    order = issued(world, local, ("carrier",))
    begun = local.astimezone(UTC)
    walk = [(begun + timedelta(minutes=passed)).astimezone(BERLIN) for passed in range(0, minutes, 4)]
    again = [moment - timedelta(hours=1) for moment in walk[-15:]] + walk[-15:]
    passed = Counter[int]()
    for moment in [*walk, *again]:
        held = set(Timer.objects.filter(state="fired").values_list("id", flat=True))
        with timezone.override(BERLIN):
            fire_due_timers(moment)
        new = Timer.objects.filter(state="fired").exclude(id__in=held)
        assert all(timer.due_at <= moment.astimezone(UTC) for timer in new)
        passed.update(timer.pk for timer in new)
    assert len(passed) > 1 and set(passed.values()) == {1}
    with unscoped("test"):
        keys = OutboxItem.objects.filter(instance=order, effect="escalate").values_list("key", flat=True)
        assert len(keys) == len(set(keys)) > 0


def test_a_deadline_on_which_the_program_fails_is_told_and_holds_up_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    broken, other = drafted(world, NOON), drafted(world, NOON)
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=broken.pk).update(situation={})
    assert fire_due_timers(NOON + timedelta(minutes=10)) == 1
    assert fire_due_timers(NOON + timedelta(minutes=10)) == 0
    assert Timer.objects.filter(state="fired").get().instance_id == other.pk
    assert caplog.text.count("did not pass") == 1
    with unscoped("test"):
        told = Notification.objects.get(instance=broken)
    assert told.owner == world["centre"] and "Second person" in told.text_en and "第二人批准" in told.text_zh
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=broken.pk).update(situation=broken.situation)
    assert fire_due_timers(NOON + timedelta(minutes=12)) == 1


def test_a_deadline_that_failed_is_tried_at_once_by_a_clock_that_was_put_back(world: World) -> None:
    broken = drafted(world, NOON)
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=broken.pk).update(situation={})
    assert fire_due_timers(NOON + timedelta(days=1)) == 0
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=broken.pk).update(situation=broken.situation)
    assert fire_due_timers(NOON + timedelta(days=1, seconds=59)) == 0
    assert fire_due_timers(NOON + timedelta(hours=1)) == 1


def test_thousands_of_deadlines_that_fail_hold_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted(world, NOON)
    now = NOON + timedelta(days=1)
    monkeypatch.setattr(worker, "_failed_at", {(10**6 + number, NOON): now for number in range(3_000)})
    assert fire_due_timers(now) == 1
