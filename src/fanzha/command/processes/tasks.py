"""Periodic tasks of processes: remove evidence files that no step refers to."""

from datetime import timedelta

from fanzha.command.processes.uploads import remove_unused
from fanzha.command.web.scheduler import Job

JOBS = (Job("remove unused uploads", timedelta(hours=6), remove_unused),)
