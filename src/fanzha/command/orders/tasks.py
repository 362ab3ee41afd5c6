"""Periodic tasks: read folders of signed files, refresh the zone of blocked names, prove by probes."""

from datetime import timedelta

from fanzha.command.orders.probes import ingest_probes, watch_sites
from fanzha.command.orders.receiver_messages import ingest_files
from fanzha.command.orders.target_appeals import end_restored_orders
from fanzha.command.orders.zone_delivery import refresh_zone
from fanzha.command.web.scheduler import Job

JOBS = (
    Job("signed_files", timedelta(seconds=5), ingest_files),
    Job("resolver zone", timedelta(minutes=1), refresh_zone),
    Job("sites to probe", timedelta(seconds=20), watch_sites),
    Job("probed sites", timedelta(seconds=5), ingest_probes),
    Job("end restored orders", timedelta(hours=1), end_restored_orders),
)
