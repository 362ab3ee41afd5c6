"""Periodic tasks of hosted sites."""

from datetime import timedelta

from fanzha.command.hosting.services import check_all_sites, look_at_sites
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("look at hosted sites", timedelta(minutes=1), look_at_sites),
    Job("check hosted sites", timedelta(days=1), check_all_sites),
)
