"""The schemas carry what the services take and the pages show."""

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of
from tests.command.exchange.feed_world import feed_of
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.exchange.schemas import CollectionIn, CollectionOut, FeedIn, FeedSummaryOut, own_access
from fanzha.command.exchange.selectors import summarize_feed
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_collection_goes_in_and_comes_out(world: World) -> None:
    draft = CollectionIn(title_zh="甲乙", title_en="ab", ceiling="TLP:GREEN").to_draft()
    assert draft.ceiling is Marking.GREEN
    collection = collection_of(world)
    assert CollectionOut.of(own_access(collection)).id == str(collection.taxii_id)


def test_a_feed_goes_in_and_its_summary_comes_out(world: World) -> None:
    body = FeedIn(source="01X", name="list", format="csv", url="https://a.example/", trust=0.25)
    assert body.to_terms().trust == 0.25 and body.to_terms().marking is Marking.AMBER
    with scoped_to(world.viewer("centre")):
        out = FeedSummaryOut.of(summarize_feed(feed_of(world), timezone.now()))
    assert (out.precision, out.used, out.is_silent) == ("UNKNOWN", 0, False)
