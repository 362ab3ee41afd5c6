"""Recurring tasks of bulletins."""

from datetime import timedelta

from fanzha.command.bulletins.services import draft_due
from fanzha.command.web.scheduler import Job

JOBS = (Job("draft monthly bulletins", timedelta(hours=1), draft_due),)
