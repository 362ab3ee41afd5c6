"""Recurring tasks of campaigns: reopen snoozed campaigns that are due, and go on with interrupted runs."""

from datetime import timedelta

from fanzha.command.campaigns.bulk_runs import resume_stalled
from fanzha.command.campaigns.services import wake_due
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("wake campaigns", timedelta(seconds=30), wake_due),
    Job("go on with bulk runs", timedelta(minutes=5), resume_stalled),
)
