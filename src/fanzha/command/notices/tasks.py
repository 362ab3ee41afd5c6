"""Periodic tasks of notices: try the next route of a notice that was not delivered in time."""

from datetime import timedelta

from fanzha.command.notices.routes import advance_routes
from fanzha.command.web.scheduler import Job

JOBS = (Job("deliver notices", timedelta(minutes=1), advance_routes),)
