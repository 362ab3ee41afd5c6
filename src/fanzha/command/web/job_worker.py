"""Run background jobs, one queue after the other, so that no organisation waits for all jobs of another.

The queue that was served longest ago is next. A queue with as many running jobs as one may have is passed over. Several
workers share the queues: claims are made one at a time, so that their counts of running jobs are exact.
"""

import os
import time
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection
from django.db.models import Count
from django.db.utils import OperationalError
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import exclusive_transaction, is_locked_database_exception

from fanzha.command.web.job_queue import RUNNING
from fanzha.command.web.job_settings import load_job_settings

#: A job that began longer ago is taken to be killed, and no longer counts as running.
MAX_JOB_DURATION = timedelta(hours=6)
_LOCK = 0x66616E7A6A  # advisory lock of PostgreSQL under which jobs are claimed


class FairWorker(Worker):
    """A worker of all queues in turn."""

    def __init__(self, interval: float = 1.0) -> None:
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id(os.getpid()),
            excluded_queue_names=[],
        )
        self._last_served: dict[str, float] = {}

    def run(self) -> None:
        """Run jobs until a signal arrives."""
        fail_killed_jobs()
        while self.running:
            close_old_connections()
            job = self.claim_next()
            if job is not None:
                self.run_task(job)
            close_old_connections()
            if self.running and job is None:
                time.sleep(self.interval)

    def claim_next(self) -> "DBTaskResult[Any, Any] | None":
        """Claim a job of the queue that was served longest ago; return None if none may run now."""
        try:
            with exclusive_transaction():
                return self._claim()
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
            return None

    def _claim(self) -> "DBTaskResult[Any, Any] | None":
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for queue in self._queues_in_turn():
            jobs = DBTaskResult.objects.ready().filter(queue_name=queue, backend_name=self.backend_name)
            if (job := jobs.get_locked()) is not None:
                job.claim(self.worker_id)
                self._last_served[queue] = time.monotonic()
                return job
        return None

    def _queues_in_turn(self) -> list[str]:
        """Return the queues with a waiting job and room for a running one, the one to be served next first."""
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        queues = set(ready.order_by().values_list("queue_name", flat=True).distinct())
        began = timezone.now() - MAX_JOB_DURATION
        running = DBTaskResult.objects.filter(status=RUNNING, started_at__gt=began).order_by().values("queue_name")
        counts = dict(running.annotate(jobs=Count("pk")).values_list("queue_name", "jobs"))
        limit = load_job_settings().running
        free = (queue for queue in queues if counts.get(queue, 0) < limit)
        return sorted(free, key=lambda queue: (self._last_served.get(queue, 0.0), queue))


def worker_id(pid: int) -> str:
    """Return the id of the worker in a process of this machine."""
    return f"{os.uname().nodename[:48]}-{pid}"


def fail_killed_jobs() -> int:
    """Mark the jobs of workers of this machine that are gone as failed; return their number.

    What they worked on is resumed by its own job (imports, exports, checks of the log).
    """
    host, failed = f"{os.uname().nodename[:48]}-", 0
    for job in DBTaskResult.objects.filter(status=RUNNING):
        last = job.worker_ids[-1] if job.worker_ids else ""
        pid = last.removeprefix(host)
        if last.startswith(host) and pid.isdigit() and not _is_alive(int(pid)):
            rows = DBTaskResult.objects.filter(pk=job.pk, status=RUNNING)
            failed += rows.update(status="FAILED", finished_at=timezone.now())
    return failed


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
