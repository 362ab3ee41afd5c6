"""Periodic tasks of the log: create and copy anchors, and verify the whole log once a day."""

from datetime import datetime, timedelta

from django_tasks import task

from fanzha.command.audit.anchors import anchor_and_copy, anchor_when_due
from fanzha.command.audit.digest_backfill import digest_existing_rows
from fanzha.command.audit.models import LogCheck
from fanzha.command.audit.publication_log import record_found_snapshot
from fanzha.command.audit.timestamp_requests import stamp_newest_anchor
from fanzha.command.audit.verification import verify_and_store
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped

CHECK_EVERY = timedelta(days=1)
#: The interval bounds the rate of anchors that orders request.
ANCHOR_ORDERS_EVERY = timedelta(seconds=2)


@task()
def check_log() -> None:
    """Verify the whole log in the background, and store the result for the page."""
    with unscoped("the log is checked as a whole"):
        verify_and_store()


def check_when_due(now: datetime) -> None:
    """Enqueue a verification unless one ran within a day."""
    if not LogCheck.objects.filter(at__gt=now - CHECK_EVERY).exists():
        check_log.enqueue()


JOBS = (
    Job("anchor the log", timedelta(minutes=10), anchor_and_copy),
    Job("anchor orders", ANCHOR_ORDERS_EVERY, anchor_when_due),
    Job("time-stamp anchors", timedelta(minutes=1), stamp_newest_anchor),
    Job("put snapshots of other programs on record", timedelta(minutes=5), record_found_snapshot),
    Job("put older rows on record", timedelta(minutes=1), digest_existing_rows),
    Job("check the log", timedelta(hours=1), check_when_due),
)
