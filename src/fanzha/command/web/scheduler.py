"""What is to be done again and again: each app beside this one may have a `tasks.py` with `JOBS`; found by folder.

A job looks into the database (or a folder) for what is due, and does it:

    # src/fanzha/command/audit/tasks.py
    JOBS = (Job("anchor", timedelta(minutes=10), anchor),)

    def anchor(now: datetime) -> object: ...

`fanzha up` runs all of them in one process (`fanzha.run.component regular`), one after the other: at once after the
start, then each after its pause. A job that fails is told of and tried again after its pause; it holds up no other. On
PostgreSQL no two machines do the same job at the same moment, but each does it after its own pause, and one that was
killed leaves half of what it did without a transaction: a job must find out for itself what is left to do, and must
not do anything twice. Work of minutes (an export) is no job but a task (`django_tasks.task`), which a job may enqueue;
what waits for systems of others is left to a lane (`flows.lane`), which a job may fill.
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
    """One job: its name, how long it pauses, and what it does, given the moment (aware UTC). It finds every row."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]


@cache
def regular_jobs() -> dict[str, Job]:
    """Return the jobs by name. Raises TypeError when two apps have a job of the same name."""
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
    """When each job is due, by a clock that nobody sets."""

    def __init__(self, jobs: dict[str, Job]) -> None:
        self._jobs, self._due = jobs, dict.fromkeys(jobs, 0.0)

    def turn(self, clock: float) -> float:
        """Do what is due at a moment of the clock (seconds); return the seconds until the next is."""
        for name, job in self._jobs.items():
            if self._due[name] <= clock:
                run_job(job)
                self._due[name] = clock + job.every.total_seconds()
        pause = min(self._due.values(), default=clock + LONGEST_WAIT_SECONDS) - clock
        return min(max(pause, 0.0), LONGEST_WAIT_SECONDS)


def run_job(job: Job) -> bool:
    """Do one job unless another machine is at it; return whether it was done. What goes wrong is told, not raised."""
    try:
        with unscoped("regular jobs work for all organisations"), _alone(job) as alone:
            if alone:
                job.run(timezone.now())
            return alone
    except Exception as problem:  # whatever it is, the other jobs go on
        log.exception("the job %s failed", job.name)
        if isinstance(problem, OperationalError):
            close_old_connections()
        return False


@contextmanager
def _alone(job: Job) -> Iterator[bool]:
    """Say whether this process may do the job; SQLite has one such process."""
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
    """Work until told to stop, by the event or by SIGTERM; a job that is at work is let finish."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    table = Timetable(regular_jobs())
    while not stop.is_set():
        stop.wait(table.turn(time.monotonic()))
