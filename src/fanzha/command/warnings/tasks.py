"""Recurring tasks of warnings."""

from datetime import timedelta

from fanzha.command.warnings.trials import watch_trials
from fanzha.command.web.scheduler import Job

JOBS = (Job("watch trials of wordings", timedelta(minutes=10), watch_trials),)
