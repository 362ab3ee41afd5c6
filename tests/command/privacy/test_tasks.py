"""The job that deletes rows is started when a table is due, not again on the same day, nor by a clock that stepped."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from tests.command.people import World

from fanzha.command.exports.models import Unmasking
from fanzha.command.privacy.models import RetentionRun
from fanzha.command.privacy.tasks import delete_ended_rows, start_retention
from fanzha.command.web.scoping import unscoped

pytestmark = pytest.mark.django_db
DAY, YEARS = timedelta(days=1), timedelta(days=3_000)


@pytest.fixture
def old_row(world: World) -> None:
    """A row whose period is over."""
    with unscoped("test"):
        Unmasking.objects.create(
            owner=world["carrier"], actor="x", subject="S", kind="phone_number", shown="+86", purpose="a call",
            at=timezone.now().replace(year=2001),
        )  # fmt: skip


def is_kept() -> bool:
    return bool(Unmasking._base_manager.exists())


def record_run(at: Any) -> None:
    """Record that a table was gone through."""
    RetentionRun.objects.create(table="exports.Export", days=366, before=at, started_at=at, finished_at=at)


def planned_for() -> str:
    """Return the time for which the queued job is planned."""
    (planned,) = DBTaskResult.objects.get().args_kwargs["args"]
    return str(planned)


def test_the_job_deletes_and_is_not_due_again(old_row: None) -> None:
    now = timezone.now()
    record_run(now - DAY)
    start_retention(now)
    assert DBTaskResult.objects.get().task_path.endswith("delete_ended_rows")
    delete_ended_rows.call(planned_for())
    start_retention(timezone.now())
    assert DBTaskResult.objects.count() == 1
    assert not is_kept()


def test_a_queued_job_is_not_queued_twice(db: None) -> None:
    start_retention(timezone.now())
    start_retention(timezone.now())
    assert DBTaskResult.objects.count() == 1


@pytest.mark.parametrize("pause", [3 * DAY, YEARS])
def test_after_a_pause_or_a_step_of_the_clock_the_job_waits_for_a_day(old_row: None, pause: timedelta) -> None:
    now = timezone.now()
    record_run(now - pause)
    start_retention(now)
    assert not DBTaskResult.objects.ready().exists()
    delete_ended_rows.call(planned_for())
    assert is_kept()
    delete_ended_rows.call((now - timedelta(hours=1)).isoformat())
    assert not is_kept()


def test_a_job_that_a_clock_ahead_has_planned_is_planned_anew_when_the_clock_is_right(old_row: None) -> None:
    now = timezone.now()
    record_run(now - DAY)
    start_retention(now + YEARS)
    start_retention(now)
    assert planned_for() == now.isoformat()
    assert DBTaskResult.objects.ready().count() == 1


def test_a_job_that_waited_while_the_clock_stepped_forward_deletes_nothing(old_row: None) -> None:
    delete_ended_rows.call((timezone.now() - YEARS).isoformat())
    assert is_kept()


def test_runs_that_a_clock_ahead_has_dated_do_not_keep_a_table_from_being_due(old_row: None) -> None:
    now = timezone.now()
    record_run(now - DAY)
    start_retention(now)
    delete_ended_rows.call(planned_for())
    RetentionRun.objects.update(started_at=now + YEARS, finished_at=now + YEARS)
    DBTaskResult.objects.all().delete()
    start_retention(timezone.now())
    assert DBTaskResult.objects.count() == 1
