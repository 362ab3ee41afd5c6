"""Periodic tasks: plan the job that deletes rows whose period is over, once a day.

A clock that stepped forward would end every period at once. Where the last run is not of these days (a step, a long
stop, the first start), the job is therefore planned for a day later, and runs only if the clock has come there.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from fanzha.command.privacy.retention import apply_retention, is_retention_due, last_run_at
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped

#: A run stops after this time, so that other background jobs go on; the next one resumes it.
MAX_RUN_SECONDS = 120.0
#: What lies longer between two runs, or between plan and run, may be a step of the clock.
MAX_PAUSE = timedelta(days=2)
DELAY_AFTER_PAUSE = timedelta(days=1)


@task()
def delete_ended_rows(planned_for: str) -> None:
    """Delete rows whose period is over, for a limited time; nothing if it is not now that this was planned for."""
    now, planned = timezone.now(), datetime.fromisoformat(planned_for)
    if not planned <= now < planned + MAX_PAUSE:
        return
    with unscoped("rows end for all organisations alike"):
        apply_retention(now, max_seconds=MAX_RUN_SECONDS)


def start_retention(now: datetime) -> None:
    """Enqueue the job if a table is due, unless it waits or runs."""
    running = Q(started_at=None) | Q(started_at__gt=now - 2 * timedelta(seconds=MAX_RUN_SECONDS))
    queued = DBTaskResult.objects.filter(running, task_path=delete_ended_rows.module_path, finished_at=None)
    queued.filter(started_at=None, run_after__gt=now + DELAY_AFTER_PAUSE).delete()  # by a clock that was ahead
    if not is_retention_due(now) or queued.exists():
        return
    last = last_run_at(now)
    planned = now if last is not None and last > now - MAX_PAUSE else now + DELAY_AFTER_PAUSE
    delete_ended_rows.using(run_after=planned).enqueue(planned.isoformat())


JOBS = (Job("delete rows after their period", timedelta(minutes=10), start_retention),)
