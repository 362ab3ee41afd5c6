"""Recurring tasks of public reports: have the waiting ones read by a worker."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from fanzha.command.organizations.selectors import get_organization
from fanzha.command.reports.intake_worker import pending_owners, read_reports
from fanzha.command.reports.picture_basis import owners_with_basis
from fanzha.command.reports.picture_text import is_installed
from fanzha.command.reports.picture_worker import find_unread, read_pictures
from fanzha.command.reports.report_looks import request_report_looks
from fanzha.command.reports.report_tags import tag_and_settle
from fanzha.command.reports.screenshot_store import remove_screenshots
from fanzha.command.web.job_queue import enqueue, queued_arguments
from fanzha.command.web.scheduler import Job


@task()
def read_waiting_reports(owner: int) -> None:
    """Read the waiting reports of an organisation (primary key) in a background worker."""
    read_reports(get_organization(owner), timezone.now())


def queue_waiting(now: datetime) -> None:
    """Enqueue the organisations with reports to read that are not queued yet."""
    queued = queued_arguments(read_waiting_reports)
    for owner in pending_owners(now):
        if (owner.pk,) not in queued:
            enqueue(read_waiting_reports, owner.ref, owner.pk)


@task()
def read_report_pictures(owner: int) -> None:
    """Read pictures of the reports of an organisation (primary key) in a background worker."""
    read_pictures(owner, timezone.now())


def queue_pictures(now: datetime) -> None:
    """Enqueue the organisations with pictures to read that assessed it and are not queued yet."""
    if not is_installed():
        return
    queued = queued_arguments(read_report_pictures)
    for owner in owners_with_basis(now):
        if (owner,) not in queued and find_unread(owner).exists():
            enqueue(read_report_pictures, get_organization(owner).ref, owner)


JOBS = (
    Job("look at reported pages", timedelta(seconds=30), request_report_looks),
    Job("read pictures of reports", timedelta(seconds=30), queue_pictures),
    Job("read public reports", timedelta(seconds=10), queue_waiting),
    Job("remove pictures of reports", timedelta(hours=6), remove_screenshots),
    Job("tag what was reported", timedelta(minutes=1), tag_and_settle),
)
