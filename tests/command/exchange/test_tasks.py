"""The periodic tasks of the exchange run without collections or feeds, and take in what was fetched."""

import msgspec
import pytest
from django.utils import timezone
from tests.command.exchange.feed_world import feed_of, result, stated
from tests.command.people import World

from fanzha.command.exchange.models import FeedItem
from fanzha.command.exchange.tasks import JOBS, exchange_feeds
from fanzha.command.web.scoping import unscoped
from fanzha.store.feed_queue import open_feed_queue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_all_run_with_nothing_to_do(world: World) -> None:
    with unscoped("test"):
        for job in JOBS:
            job.run(timezone.now())


def test_the_collector_is_told_and_what_it_brought_is_taken(world: World) -> None:
    feed = feed_of(world)
    with open_feed_queue() as queue:
        queue.add_answer(feed.ref, msgspec.json.encode(result(stated("a.example.com"))), "c", 1)
    exchange_feeds(timezone.now())
    assert FeedItem._base_manager.count() == 1
    with open_feed_queue() as queue:
        assert [due.definition.ref for due in queue.select_due(0)] == [feed.ref]
