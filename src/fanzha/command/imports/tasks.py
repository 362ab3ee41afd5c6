"""What is done again and again for imports: read what waits or was left half read; keep the spared list as agreed."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.imports.ingest import carry_in, waiting_imports
from fanzha.command.imports.models import ImportJob, SparedRow
from fanzha.command.imports.tables.allowlist import SPARED
from fanzha.command.web.scheduler import Job

SETTLE_EVERY = timedelta(minutes=10)
#: How long after a decision or an end it is looked whether the screens have it: the list may lie there, unpublished.
LOOKED_AT = timedelta(hours=2)


@task()
def read_import(pk: int) -> None:
    """Read one import, beside the site."""
    carry_in(pk)


def read_waiting(now: datetime) -> None:
    """Have imports read that nobody is at."""
    for pk in waiting_imports():
        read_import.enqueue(pk)


def settle_spared(now: datetime) -> None:
    """Let the spared list hold what was agreed: numbers end, and a decision may have been cut off before it."""
    since = now - LOOKED_AT
    ended = SparedRow._base_manager.filter(until__lte=now, until__gt=since)
    decided = ImportJob._base_manager.filter(table=SPARED.name, decided_at__gt=since)
    if ended.exists() or decided.exists() or not SPARED.is_settled():
        SPARED.settle()


JOBS = (
    Job("read imports", timedelta(seconds=30), read_waiting),
    Job("settle spared numbers", SETTLE_EVERY, settle_spared),
)
