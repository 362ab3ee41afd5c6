"""Replaced versions are retired, months are measured once, and a text goes stale after half a year."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from tests.command.education.items_made import CHECKED, approved, fresh, item_of, published
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.command.education.models import EducationVersion, ReadCount
from fanzha.command.education.services import start_version
from fanzha.command.education.tasks import measure_months, retire_replaced
from fanzha.command.processes.models import Step, Timer
from fanzha.command.processes.services import fire, pass_timer
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_replaced_version_is_retired(world: World) -> None:
    first = published(world)
    second = approved(world, start_version(first.item, timezone.now()))
    fire(second.process, "publish", actor(world, "centre", Role.EDITOR), {})
    for _ in range(2):
        retire_replaced(timezone.now())
    assert fresh(first).state == "retired" and item_of(first).live == second


def test_a_month_is_measured_once(world: World) -> None:
    version, now = published(world), datetime(2026, 11, 2, 3, tzinfo=timezone.get_current_timezone())
    with unscoped("test"):
        EducationVersion.objects.update(shown_at=now - timedelta(days=20))
        for day in (20, 10, 1):
            ReadCount.objects.create(
                owner=version.item.owner,
                version=version,
                day=(now - timedelta(days=day)).date(),
                language="en",
                count=5,
            )
    for _ in range(2):
        measure_months(timezone.now() if now > timezone.now() else now)
    with unscoped("test"):
        step = Step.objects.get(instance__ref=version.process, event="measure")
    assert step.evidence == {"month": "2026-10", "reads": 10, "tested": 0}


def test_half_a_year_later_somebody_checks_the_text_again(world: World) -> None:
    version = published(world)
    with unscoped("test"):
        timer = Timer.objects.get(instance__ref=version.process, state="waiting")
    assert pass_timer(timer, timer.due_at)
    assert fresh(version).state == "stale" and item_of(version).live == version
    fire(
        version.process, "confirm", actor(world, "centre", Role.REVIEWER), CHECKED, at=timer.due_at + timedelta(hours=1)
    )
    checked_at = fresh(version).checked_at
    assert fresh(version).state == "live" and checked_at is not None and checked_at > timer.due_at
