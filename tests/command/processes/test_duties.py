"""Who is on duty follows from the process that names officers: escalations go to the right person at each moment."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import to_ms
from fanzha.command.organizations.models import Duty, Person
from fanzha.command.processes.models import OutboxItem, ProcessInstance
from fanzha.command.processes.services import fire, open_process
from fanzha.command.processes.worker import run_once
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal


def people(world: World) -> tuple[Person, Person]:
    return world.person("carrier", Role.DUTY_OFFICER), world.person("carrier", Role.REVIEWER)


def named(world: World, begins_at: datetime) -> ProcessInstance:
    officer, deputy = people(world)
    return open_process(
        "duty_officers",
        "name_persons",
        world["carrier"],
        actor(world, "carrier", Role.ADMINISTRATOR),
        {
            "officer": officer.ref,
            "deputy": deputy.ref,
            "begins_at": to_ms(begins_at),
            "ends_at": to_ms(begins_at + timedelta(hours=12)),
            "reachable_by": "the duty line",
        },
        at=begins_at - timedelta(hours=1),
    )


def on_duty(world: World, at: datetime) -> Person | None:
    watch = Duty.at(world["carrier"].pk, at)
    return watch.officer if watch else None


def test_an_officer_who_confirmed_is_on_duty_from_the_beginning_on(world: World) -> None:
    now = timezone.now()
    begins_at = now - timedelta(minutes=1)
    running = named(world, begins_at)
    fire(running.ref, "confirm", actor(world, "carrier", Role.DUTY_OFFICER), {}, at=begins_at - timedelta(minutes=5))
    assert on_duty(world, now) is None
    run_once()
    assert on_duty(world, now) == people(world)[0]
    assert on_duty(world, now + timedelta(hours=13)) is None


def test_the_deputy_stands_in_for_who_did_not_confirm(world: World) -> None:
    now = timezone.now()
    named(world, now - timedelta(minutes=1))
    run_once()
    assert on_duty(world, now) == people(world)[1]
    assert Duty.objects.count() == 1


def test_handing_to_the_deputy_and_back_moves_the_one_watch(world: World) -> None:
    now = timezone.now()
    begins_at = now - timedelta(minutes=1)
    running, officer = named(world, begins_at), actor(world, "carrier", Role.DUTY_OFFICER)
    fire(running.ref, "confirm", officer, {}, at=begins_at - timedelta(minutes=5))
    run_once()
    for event, who in (("hand_to_deputy", 1), ("come_back", 0)):
        fire(running.ref, event, officer, *([{"open_matters": "two orders"}]))
        run_once()
        assert on_duty(world, timezone.now()) == people(world)[who]
    assert Duty.objects.count() == 1


def test_handing_over_ends_the_watch_and_an_effect_done_twice_changes_nothing(world: World) -> None:
    now = timezone.now()
    begins_at = now - timedelta(minutes=1)
    running, officer = named(world, begins_at), actor(world, "carrier", Role.DUTY_OFFICER)
    fire(running.ref, "confirm", officer, {}, at=begins_at - timedelta(minutes=5))
    run_once()
    fire(running.ref, "hand_over", officer, {"open_matters": "none"})
    run_once()
    ended = Duty.objects.get().until
    assert ended <= timezone.now()
    with unscoped("test"):
        OutboxItem.objects.filter(effect="clear_duty").update(state="waiting", next_at=now)
    run_once()
    assert Duty.objects.get().until == ended


def test_nobody_is_his_own_deputy(world: World) -> None:
    officer = world.person("carrier", Role.DUTY_OFFICER).ref
    begins_at = timezone.now() + timedelta(hours=1)
    given = {
        "officer": officer,
        "deputy": officer,
        "begins_at": to_ms(begins_at),
        "ends_at": to_ms(begins_at + timedelta(hours=1)),
        "reachable_by": "the duty line",
    }
    with pytest.raises(Refusal) as refused:
        open_process(
            "duty_officers", "name_persons", world["carrier"], actor(world, "carrier", Role.ADMINISTRATOR), given
        )
    assert set(refused.value.fields) == {"deputy"}
