"""Periodic tasks of webhooks."""

from datetime import datetime, timedelta

from fanzha.command.processes.services import DeliveryPool
from fanzha.command.web.scheduler import Job
from fanzha.command.webhooks.delivery import delete_old, deliver_due, queue_all

#: Threads that send to subscribers, so that slow subscribers do not delay others or other jobs.
POOL = DeliveryPool()


def deliver_events(now: datetime) -> None:
    """Queue new events, and send due deliveries in the pool."""
    queue_all(now)
    deliver_due(now, POOL)


JOBS = (
    Job("tell subscribers", timedelta(seconds=5), deliver_events),
    Job("forget what subscribers took", timedelta(hours=6), delete_old),
)
