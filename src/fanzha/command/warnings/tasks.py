"""Recurring tasks of warnings."""

from datetime import timedelta

from fanzha.command.warnings.overseas_choices import end_of_former_holders, republish_choices
from fanzha.command.warnings.trials import watch_trials
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("watch trials of wordings", timedelta(minutes=10), watch_trials),
    Job("publish overseas choices", timedelta(minutes=1), republish_choices),
    Job("end choices of former holders", timedelta(hours=1), end_of_former_holders),
)
