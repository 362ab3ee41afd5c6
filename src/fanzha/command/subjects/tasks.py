"""Recurring tasks of subjects: recompute expired verdicts, and remind of victims who have not been contacted."""

from datetime import datetime, timedelta

from fanzha.command.audit.services import recorded
from fanzha.command.subjects.verdicts import refresh_expired_verdicts
from fanzha.command.subjects.victim_reminders import remind_of_victims
from fanzha.command.web.scheduler import Job


def end_verdicts(now: datetime) -> None:
    """Supersede expired verdicts, a few hundred per transaction, so that other writers can proceed."""
    count = 1
    while count:
        with recorded():
            count = refresh_expired_verdicts(now)


JOBS = (
    Job("end verdicts", timedelta(seconds=10), end_verdicts),
    Job("remind of victims", timedelta(seconds=30), remind_of_victims),
)
