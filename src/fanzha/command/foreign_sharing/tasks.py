"""Periodic task of the foreign gate: open approvals whose time began, and log those whose time is over."""

from datetime import datetime, timedelta

from fanzha.command.foreign_sharing.services import open_approvals
from fanzha.command.web.scheduler import Job


def open_due(now: datetime) -> None:
    """Open and close approvals by time."""
    open_approvals(now)


JOBS = (Job("open approvals for other countries", timedelta(minutes=1), open_due),)
