"""Periodic tasks of number tags."""

from datetime import timedelta

from fanzha.command.number_tags.services import refresh_all
from fanzha.command.web.scheduler import Job

JOBS = (Job("refresh shown tags", timedelta(hours=1), refresh_all),)
