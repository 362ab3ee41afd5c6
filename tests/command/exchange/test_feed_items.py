"""A statement and an opinion of one feed on one subject are weighed side by side, and withdrawn each by its object."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.exchange.feed_world import TERMS, feed_of, reaction, stated
from tests.command.people import World

from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.feed_items import weigh_again, withdraw_items, withdraw_opinions_on
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.scoping import unscoped
from fanzha.share.items import FeedContent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def standing() -> dict[str, float | None]:
    with unscoped("test"):
        return dict(OpinionRow.objects.filter(OpinionRow.standing()).values_list("level", "score"))


def test_a_statement_and_an_opinion_on_the_same_subject_are_weighed_each(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    site = stated("a.example.com")
    denial = reaction(site.object_id, Level.CLEAR, confidence=0.5)
    import_result(feed, FeedContent([site], reactions=[denial]), now)
    assert standing() == {"suspected": 0.8, "clear": 0.4}
    assert weigh_again(now + timedelta(days=30)) == 1  # the statement that it contradicts is not in force
    assert standing() == {"suspected": 0.8, "clear": 0.2}
    withdraw_items(feed, {denial.object_id}, now)
    assert weigh_again(now + timedelta(days=30)) == 1 and standing() == {"suspected": 0.4}


def test_an_opinion_falls_when_the_last_feed_that_states_its_object_withdraws_it(world: World) -> None:
    first, now = feed_of(world), timezone.now()
    second = feed_of(world, replace(TERMS, name="the same by another way"))
    site = stated("a.example.com")
    import_result(first, FeedContent([site], reactions=[reaction(site.object_id, Level.CLEAR)]), now)
    import_result(second, FeedContent([site]), now)
    assert withdraw_opinions_on(world["centre"].pk, {site.object_id}, now) == 0
    assert withdraw_items(second, {site.object_id}, now) == 1 and "clear" in standing()
    assert withdraw_items(first, {site.object_id}, now) == 2 and standing() == {}
