"""What is done again and again for webhooks."""

from datetime import datetime, timedelta

from fanzha.command.processes.delivery_pool import DeliveryPool
from fanzha.command.web.scheduler import Job
from fanzha.command.webhooks.delivering import deliver_due, forget_old, queue_all

#: Subscribers are asked beside the other jobs, and the slow ones beside the quick.
LANE = DeliveryPool()


def tell(now: datetime) -> None:
    """Queue what has happened, and have what is due sent: no other job waits for a subscriber."""
    queue_all(now)
    deliver_due(now, LANE)


JOBS = (
    Job("tell subscribers", timedelta(seconds=5), tell),
    Job("forget what subscribers took", timedelta(hours=6), forget_old),
)
