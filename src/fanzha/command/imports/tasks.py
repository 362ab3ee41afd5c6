"""Tasks of imports: ingest pending files, and keep the allowlist in step with approvals."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.imports.ingest import ingest_import, pending_imports
from fanzha.command.imports.models import ImportJob, SparedRow
from fanzha.command.imports.tables.allowlist import ALLOWLIST
from fanzha.command.web.job_queue import enqueue, queued_arguments
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("one worker settles the imports of all organisations")

ALLOWLIST_CHECK_EVERY = timedelta(minutes=10)
#: How long after a decision or an end it is looked whether the screens have it: the list may lie there, unpublished.
RECHECK_WINDOW = timedelta(hours=2)


@task()
def read_import(pk: int) -> None:
    """Ingest one import in a background worker."""
    ingest_import(pk)


def read_pending(now: datetime) -> None:
    """Enqueue the imports that no worker holds and that do not wait in the queue."""
    waiting = queued_arguments(read_import)
    for pk, owner in pending_imports():
        if (pk,) not in waiting:
            enqueue(read_import, owner, pk)


def queue_import(job: ImportJob) -> None:
    """Enqueue a new import in the queue of its owner."""
    enqueue(read_import, job.owner.ref, job.pk)


def apply_allowlist_decisions(now: datetime) -> None:
    """Update the allowlist after entries expire or a decision was interrupted."""
    since = now - RECHECK_WINDOW
    ended = _UNSCOPED.rows(SparedRow).filter(until__lte=now, until__gt=since)
    decided = _UNSCOPED.rows(ImportJob).filter(table=ALLOWLIST.name, decided_at__gt=since)
    if ended.exists() or decided.exists() or not ALLOWLIST.is_applied():
        ALLOWLIST.apply_decisions()


JOBS = (
    Job("read imports", timedelta(seconds=30), read_pending),
    Job("settle spared numbers", ALLOWLIST_CHECK_EVERY, apply_allowlist_decisions),
)
