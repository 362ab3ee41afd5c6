"""Periodic tasks: read the folders of signed files, and end orders whose targets were all restored."""

from datetime import timedelta

from fanzha.command.orders.receiver_messages import ingest_files
from fanzha.command.orders.target_appeals import end_restored_orders
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("signed_files", timedelta(seconds=5), ingest_files),
    Job("end restored orders", timedelta(hours=1), end_restored_orders),
)
