"""Queue background jobs of organisations, each in a queue of its own, with limits for each organisation.

`fanzha.command.web.job_worker` takes the queues in turn. `[jobs]` of `fanzha.toml` has the limits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult, get_date_max

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.job_settings import load_job_settings

#: The queue of the site's own jobs.
SITE_QUEUE = "default"
_PREFIX = "org-"
#: After how long a refused request is worth another try.
RETRY_AFTER_SECONDS = 60
WAITING, RUNNING = "READY", "RUNNING"


class QueueFull(Problem):
    """An organisation has as many waiting jobs as it may have. The API answers 429 with Retry-After, pages as well."""

    def __init__(self, limit: int) -> None:
        words = _(
            "Your organisation has reached its limit of %(limit)s waiting background jobs. Try again "
            "when some are done, or ask whoever runs the site to raise [jobs] waiting in fanzha.toml."
        )
        super().__init__("too_many", words % {"limit": f"{limit:,}"}, retry_after=RETRY_AFTER_SECONDS)
        self.retry_after = RETRY_AFTER_SECONDS


class QueueState(NamedTuple):
    """The jobs of one queue: how many wait and run, and since when the oldest waits."""

    waiting: int
    running: int
    oldest_at: datetime | None


def queue_name(organization: str) -> str:
    """Return the queue of an organisation (a ref)."""
    return f"{_PREFIX}{organization}"


def organization_of(queue: str) -> str:
    """Return the ref of the organisation of a queue; "" for the site's own."""
    return queue.removeprefix(_PREFIX) if queue.startswith(_PREFIX) else ""


def check_room(organization: str) -> None:
    """Raise QueueFull if an organisation (a ref) has as many waiting jobs as it may have."""
    limit = load_job_settings().waiting
    if DBTaskResult.objects.filter(queue_name=queue_name(organization), status=WAITING).count() >= limit:
        raise QueueFull(limit)


def enqueue(task: Any, organization: str, *arguments: object) -> None:
    """Queue a job of an organisation (a ref). What was accepted before is queued beyond the limit of `check_room`."""
    task.using(queue_name=queue_name(organization)).enqueue(*arguments)


def queued_arguments(task: Any) -> set[tuple[Any, ...]]:
    """Return the arguments of the jobs of a task that wait, so that none is queued twice."""
    rows = DBTaskResult.objects.filter(task_path=task.module_path, status=WAITING).order_by()
    return {tuple(row["args"]) for row in rows.values_list("args_kwargs", flat=True)}


def is_under_way(task: Any, since: datetime) -> bool:
    """Return whether a job of a task waits, or began to run after `since`: an older one was killed."""
    rows = DBTaskResult.objects.filter(task_path=task.module_path, finished_at=None)
    return rows.filter(Q(started_at=None) | Q(started_at__gt=since)).exists()


def queue_states() -> Mapping[str, QueueState]:
    """Return the queues with waiting or running jobs, by name. A job that is planned for later does not wait yet."""
    planned = Q(status=WAITING, run_after__gt=timezone.now()) & ~Q(run_after=get_date_max())
    jobs = DBTaskResult.objects.filter(~planned, status__in=(WAITING, RUNNING))
    rows = jobs.order_by().values("queue_name")
    counted = rows.annotate(
        waiting=Count("pk", filter=Q(status=WAITING)),
        running=Count("pk", filter=Q(status=RUNNING)),
        oldest_at=Min("enqueued_at", filter=Q(status=WAITING)),
    )
    return {row["queue_name"]: QueueState(row["waiting"], row["running"], row["oldest_at"]) for row in counted}


def count_waiting(organization: str) -> int:
    """Return how many jobs of an organisation (a ref) wait."""
    return DBTaskResult.objects.filter(queue_name=queue_name(organization), status=WAITING).count()
