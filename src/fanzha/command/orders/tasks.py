"""Periodic tasks: read the folders of signed files."""

from datetime import timedelta

from fanzha.command.orders.receiver_messages import ingest_files
from fanzha.command.web.scheduler import Job

JOBS = (Job("signed_files", timedelta(seconds=5), ingest_files),)
