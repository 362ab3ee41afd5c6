"""Background jobs: what waits, runs and failed lately in some queues, with the cause of a failure in a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks_db.models import DBTaskResult

from fanzha.command.web.job_queue import QueueState, queue_states

FAILED = "FAILED"
_DIGITS = re.compile(r"\d{5,}")
FAILED_PERIOD = timedelta(days=7)
MAX_FAILED = 20
#: A backtest has a state of its own and is run again on the page of its rule.
NOT_RETRIED = ("run_backtest", "run_replay")

TASK_WORDS = {
    "make_export": gettext_lazy("Make an export"),
    "check_log": gettext_lazy("Check the evidence log"),
    "read_import": gettext_lazy("Read an import"),
    "run_backtest": gettext_lazy("Run a backtest"),
    "delete_ended_rows": gettext_lazy("Delete data after its retention period"),
    "run_bulk": gettext_lazy("Carry out a bulk action"),
    "send_digests": gettext_lazy("Send digests by mail"),
}


class FailedJob(NamedTuple):
    """A background job that failed: its function, queue, when, and the class of the error ("": killed).

    `error` is the first line of its message with numbers masked, "" for jobs of other organisations: the message of a
    database may hold personal data of a row.
    """

    ident: str
    task: str
    queue: str
    at: datetime | None
    error_class: str
    error: str

    @property
    def may_retry(self) -> bool:
        """Return whether running it again does what it was asked for."""
        return self.task not in NOT_RETRIED


class JobHealth(NamedTuple):
    """The queues with waiting or running jobs by name, and the latest failures."""

    queues: Mapping[str, QueueState]
    failed: Sequence[FailedJob]


def read_jobs(queues: Collection[str], now: datetime, own: Collection[str]) -> JobHealth:
    """Return waiting, running and recently failed jobs of some queues; `own` are the queues of the viewer."""
    states = {name: state for name, state in queue_states().items() if name in queues}
    rows = DBTaskResult.objects.filter(status=FAILED, finished_at__gt=now - FAILED_PERIOD, queue_name__in=list(queues))
    failed = [
        FailedJob(
            str(row.pk),
            row.task_path.rpartition(".")[2],
            row.queue_name,
            row.finished_at,
            row.exception_class_path.rpartition(".")[2],
            _message(row.traceback, row.exception_class_path) if row.queue_name in own else "",
        )
        for row in rows.order_by("-finished_at")[:MAX_FAILED]
    ]
    return JobHealth(states, failed)


def task_words(task: str) -> str:
    """Return what a job does, by the name of its function."""
    return str(TASK_WORDS.get(task) or task.replace("_", " "))


def cause_words(job: FailedJob) -> str:
    """Return why a job failed, in a sentence for the operator of the site."""
    name = job.error_class
    if not job.error and not name:
        return _("Its worker was stopped. What it worked on is taken up again by itself.")
    if name in ("OperationalError", "InterfaceError", "DatabaseError"):
        return _("The database did not answer, or was locked for too long.")
    if name in ("TimeoutError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "gaierror"):
        return _("The other end did not answer.")
    if name in ("FileNotFoundError", "NotADirectoryError"):
        return _("A file or folder that it needs is not there.")
    if name in ("PermissionError",):
        return _("The site may not read or write a file that it needs.")
    if name in ("MemoryError",):
        return _("The machine had too little memory.")
    if name in ("OSError",):
        return _("A file could not be read or written: perhaps the disk is full.")
    return _("The program met an error that it does not know. The text below helps whoever maintains it.")


def _message(traceback: str, error_class: str) -> str:
    """Return the first line of what an error says, with the numbers masked; "" if there is none."""
    name = error_class.rpartition(".")[2]
    lines = [
        line for line in (traceback or "").splitlines() if name and re.match(rf"[\w.]*\b{re.escape(name)}\b", line)
    ]
    return _DIGITS.sub("…", lines[-1])[:300] if lines else ""
