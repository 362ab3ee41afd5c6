"""What is done again and again for webhooks."""

from datetime import datetime, timedelta

from fanzha.command.site.regular_jobs import Job
from fanzha.command.webhooks.delivering import deliver_due, forget_old, queue_all


def tell(now: datetime) -> None:
    """Queue what has happened, and send what is due."""
    queue_all(now)
    deliver_due(now)


JOBS = (
    Job("tell subscribers", timedelta(seconds=5), tell),
    Job("forget what subscribers took", timedelta(hours=6), forget_old),
)
