"""What is done again and again for imports: read what waits or was left half read; let spared numbers end."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.imports.carrying_in import carry_in, waiting_imports
from fanzha.command.imports.models import SparedRow
from fanzha.command.imports.tables.spared import SPARED
from fanzha.command.site.regular_jobs import Job

SETTLE_EVERY = timedelta(hours=1)


@task()
def read_import(pk: int) -> None:
    """Read one import, beside the site."""
    carry_in(pk)


def read_waiting(now: datetime) -> None:
    """Have imports read that nobody is at."""
    for pk in waiting_imports():
        read_import.enqueue(pk)


def end_spared(now: datetime) -> None:
    """Take spared numbers off the list whose time was over since the last look."""
    if SparedRow._base_manager.filter(until__lte=now, until__gt=now - 2 * SETTLE_EVERY).exists():
        SPARED.settle()


JOBS = (
    Job("read imports", timedelta(seconds=30), read_waiting),
    Job("end spared numbers", SETTLE_EVERY, end_spared),
)
