"""Periodic tasks of the exchange: share what changed, import what feeds brought, and put on record what was given."""

from datetime import datetime, timedelta

from fanzha.command.exchange.feed_intake import import_answers
from fanzha.command.exchange.feed_items import weigh_again
from fanzha.command.exchange.feed_services import raise_alarms, update_collector
from fanzha.command.exchange.publication import share_pending
from fanzha.command.exchange.services import log_given
from fanzha.command.web.scheduler import Job


def exchange_feeds(now: datetime) -> None:
    """Update the feeds of the collector, and import what it brought."""
    update_collector(now)
    import_answers(now)


JOBS = (
    Job("share verdicts", timedelta(seconds=3), share_pending),
    Job("take in feeds", timedelta(seconds=5), exchange_feeds),
    Job("weigh statements of feeds by age", timedelta(hours=1), weigh_again),
    Job("alarm about silent feeds", timedelta(minutes=5), raise_alarms),
    Job("record what was given", timedelta(minutes=10), log_given),
)
