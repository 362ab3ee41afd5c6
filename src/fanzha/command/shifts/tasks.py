"""Periodic tasks of shifts: send digests."""

from datetime import timedelta

from fanzha.command.shifts.digest import send_due
from fanzha.command.web.scheduler import Job

JOBS = (Job("send digests", timedelta(minutes=5), send_due),)
