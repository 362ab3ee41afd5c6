"""Run periodic jobs. Each app may define `JOBS` in its `tasks.py`.

A job finds due work in the database (or a folder) and does it:

    # src/fanzha/command/audit/tasks.py
    JOBS = (Job("anchor", timedelta(minutes=10), anchor),)

    def anchor(now: datetime) -> object: ...

`fanzha up` runs all jobs in one process (`fanzha.run.component regular`), one after the other: first at the start, then
at their intervals. A failed job is logged and retried after its interval; other jobs continue. On PostgreSQL a lock
keeps machines from running the same job at the same moment, but each machine runs it at its own interval. A killed job
may leave work half done, so jobs must be idempotent. Long work (an export) is a task (`django_tasks.task`), which a job
may enqueue; work that waits for other systems goes to a `DeliveryPool`.
"""

import importlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple
from zlib import crc32

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.utils import OperationalError
from django.utils import timezone

from fanzha.command.web.scoping import unscoped

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 60.0
_LOCK = 0x66616E7A  # first half of an advisory lock of PostgreSQL; the second is the job's


class Job(NamedTuple):
    """One job: its name, its interval, and its function of the current time (aware UTC). It runs unscoped."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


@cache
def regular_jobs() -> dict[str, Job]:
    """Return the jobs by name. Raise TypeError if two jobs have the same name."""
    found: dict[str, Job] = {}
    for app in settings.INSTALLED_APPS:
        if not app.startswith("fanzha.command.") or find_spec(f"{app}.tasks") is None:
            continue
        for job in importlib.import_module(f"{app}.tasks").JOBS:
            if job.name in found:
                raise TypeError(f"two apps have a job {job.name}; the second is {app}")
            found[job.name] = job
    return found


class Timetable:
    """The due times of jobs, by a monotonic clock."""

    def __init__(self, jobs: dict[str, Job]) -> None:
        self._jobs, self._due = jobs, dict.fromkeys(jobs, 0.0)

    def turn(self, clock: float) -> float:
        """Run the jobs due at a clock time (seconds), and return the seconds until the next is due."""
        for name, job in self._jobs.items():
            if self._due[name] <= clock:
                run_job(job)
                self._due[name] = clock + job.every.total_seconds()
        pause = min(self._due.values(), default=clock + LONGEST_WAIT_SECONDS) - clock
        return min(max(pause, 0.0), LONGEST_WAIT_SECONDS)


def run_job(job: Job) -> bool:
    """Run one job unless another machine runs it, and return whether it ran without error. Errors are logged."""
    try:
        with unscoped("regular jobs work for all organisations"), _alone(job) as alone:
            if alone:
                job.run(timezone.now())
            return alone
    except Exception as problem:  # the other jobs must continue after any error
        log.exception("the job %s failed", job.name)
        if isinstance(problem, OperationalError):
            close_old_connections()
        return False


@contextmanager
def _alone(job: Job) -> Iterator[bool]:
    """Yield whether this process holds the lock of the job. With SQLite there is only one such process."""
    if connection.vendor != "postgresql":
        yield True
        return
    key = [_LOCK, crc32(job.name.encode()) - (1 << 31)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)


def run(stop: threading.Event | None = None) -> None:
    """Run jobs until the event is set or SIGTERM arrives. A running job finishes first."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    table = Timetable(regular_jobs())
    while not stop.is_set():
        stop.wait(table.turn(time.monotonic()))
