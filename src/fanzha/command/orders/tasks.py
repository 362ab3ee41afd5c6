"""What is looked at again and again: the folders into which signed files are carried."""

from datetime import timedelta

from fanzha.command.orders.receiver_messages import ingest_files
from fanzha.command.web.scheduler import Job

JOBS = (Job("signed_files", timedelta(seconds=5), ingest_files),)
