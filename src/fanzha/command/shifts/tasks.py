"""Periodic tasks of shifts: have digests sent by a background job, so that a slow mail server holds nothing else up."""

from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from fanzha.command.shifts.digest import is_due, send_due
from fanzha.command.web.job_queue import is_under_way
from fanzha.command.web.scheduler import Job

#: A job that began longer ago is taken to be killed.
_LONGEST = timedelta(minutes=30)


@task()
def send_digests() -> None:
    """Send the digests that are due."""
    send_due(timezone.now())


def queue_digests(now: datetime) -> None:
    """Enqueue the sending of digests if any is due, unless it waits or runs."""
    if not is_under_way(send_digests, now - _LONGEST) and is_due(now):
        send_digests.enqueue()


JOBS = (Job("send digests", timedelta(minutes=5), queue_digests),)
