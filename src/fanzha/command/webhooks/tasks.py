"""What is done again and again for webhooks."""

from datetime import datetime, timedelta

from fanzha.command.processes.delivery_pool import DeliveryPool
from fanzha.command.web.scheduler import Job
from fanzha.command.webhooks.delivery import delete_old, deliver_due, queue_all

#: Subscribers are asked beside the other jobs, and the slow ones beside the quick.
LANE = DeliveryPool()


def deliver_events(now: datetime) -> None:
    """Queue what has happened, and have what is due sent: no other job waits for a subscriber."""
    queue_all(now)
    deliver_due(now, LANE)


JOBS = (
    Job("tell subscribers", timedelta(seconds=5), deliver_events),
    Job("forget what subscribers took", timedelta(hours=6), delete_old),
)
