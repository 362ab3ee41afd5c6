"""Recurring tasks of campaigns: reopen snoozed campaigns that are due."""

from datetime import timedelta

from fanzha.command.campaigns.services import wake_due
from fanzha.command.web.scheduler import Job

JOBS = (Job("wake campaigns", timedelta(seconds=30), wake_due),)
