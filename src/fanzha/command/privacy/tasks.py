"""Periodic tasks: start the job that deletes rows whose period is over, once a day."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from fanzha.command.privacy.retention import apply_retention, is_retention_due
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped

#: A run stops after this time, so that other background jobs go on; the next one resumes it.
MAX_RUN_SECONDS = 120.0


@task()
def delete_ended_rows() -> None:
    """Delete rows whose period is over, for a limited time."""
    with unscoped("rows end for all organisations alike"):
        apply_retention(timezone.now(), max_seconds=MAX_RUN_SECONDS)


def start_retention(now: datetime) -> None:
    """Enqueue the job if a table is due, unless it waits or runs."""
    running = Q(started_at=None) | Q(started_at__gt=now - 2 * timedelta(seconds=MAX_RUN_SECONDS))
    queued = DBTaskResult.objects.filter(running, task_path=delete_ended_rows.module_path, finished_at=None)
    if is_retention_due(now) and not queued.exists():
        delete_ended_rows.enqueue()


JOBS = (Job("delete rows after their period", timedelta(minutes=10), start_retention),)
