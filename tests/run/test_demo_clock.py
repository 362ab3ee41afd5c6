"""The made-up clock goes from action to action; the site's code reads it, and deadlines pass when they are due."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from fanzha.command.processes.models import Step
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.run.demo_clock import DemoClock
from fanzha.run.demo_province import create_demo_province
from fanzha.run.demo_steps import DemoSteps

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_actions_happen_in_order_at_their_time_and_may_plan_others() -> None:
    clock, seen = DemoClock(START), list[tuple[str, datetime]]()

    def note(name: str) -> None:
        seen.append((name, timezone.now()))

    def note_and_plan() -> None:
        note("first")
        clock.plan_in(90, lambda: note("third"))

    with clock.running(), unscoped("test"):
        clock.plan(START + timedelta(hours=2), lambda: note("second"))
        clock.plan(START + timedelta(hours=1), note_and_plan)
        clock.play(START + timedelta(hours=5))
    hours = [(at - START) / timedelta(hours=1) for _name, at in seen]
    assert [name for name, _at in seen] == ["first", "second", "third"]
    assert hours == [1, 2, 2.5]
    assert clock.now == START + timedelta(hours=5)
    assert timezone.now() > clock.now


def test_a_deadline_passes_when_it_is_due() -> None:
    clock = DemoClock(START)
    steps = DemoSteps(create_demo_province("a long made-up pass phrase", START - timedelta(days=1)), clock)
    with clock.running(), unscoped("test"):
        steps.open("dissuasion", "open", "mobile", Role.ANALYST, person="+8619790000001", grade="low")
        clock.play(START + timedelta(days=5))
        given_up = Step.objects.get(event="give_up")
    assert START + timedelta(days=3) < given_up.at < START + timedelta(days=4)
