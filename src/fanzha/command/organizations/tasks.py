"""Periodic tasks of organisations: delete expired counters of disclosure."""

from datetime import timedelta

from fanzha.command.organizations.disclosure_gate import delete_expired_counts
from fanzha.command.web.scheduler import Job

JOBS = (Job("delete expired disclosure counts", timedelta(hours=1), delete_expired_counts),)
