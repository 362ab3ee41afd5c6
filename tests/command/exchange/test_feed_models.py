"""Feeds and what they brought are read by who subscribed."""

import pytest
from django.utils import timezone
from tests.command.exchange.feed_world import feed_of, result, stated
from tests.command.people import World

from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.models import Feed, FeedCount, FeedItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_only_the_subscriber_finds_them(world: World) -> None:
    import_result(feed_of(world), result(stated("a.example.com")), timezone.now())
    for model in (Feed, FeedItem, FeedCount):
        assert model.as_read_by(world.viewer("centre")).count() == 1
        assert model.as_read_by(world.viewer("partner")).count() == 0
