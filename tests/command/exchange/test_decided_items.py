"""Precision counts opinions on others' objects only if people decided after they came; a denial is right if clear."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import decide
from tests.command.exchange.feed_world import feed_of, reaction, result, stated
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.claims.verdict import Level
from fanzha.command.exchange.decided_items import select_decided_items
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.models import Feed
from fanzha.command.exchange.partners import list_partners
from fanzha.command.subjects.services import OpinionDraft
from fanzha.share.items import FeedContent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def held(world: World) -> tuple[list[str], list[str]]:
    found = [
        sorted(select_decided_items(world["centre"].pk, confirmed=same).values_list("object_id", flat=True))
        for same in (True, False)
    ]
    return found[0], found[1]


def react(feed: Feed, level: Level, seconds_ago: int = 5, version: int = 0) -> None:
    about = "indicator--a.example.com"
    said = reaction(about, level, modified_at=to_ms(timezone.now() - timedelta(seconds=60)) + version * 1_000)
    import_result(feed, FeedContent(reactions=[said]), timezone.now() - timedelta(seconds=seconds_ago))


def test_a_statement_is_confirmed_or_refuted_whenever_people_decided(world: World) -> None:
    feed = feed_of(world)
    import_result(feed, result(stated("a.example.com"), stated("b.example.com")), timezone.now())
    decide(world, "a.example.com")
    decide(world, "b.example.com", draft=OpinionDraft(Level.CLEAR, score=1.0))
    assert held(world) == (["indicator--a.example.com"], ["indicator--b.example.com"])


def test_agreement_with_what_was_decided_before_proves_nothing(world: World) -> None:
    feed = feed_of(world)
    import_result(feed, result(stated("a.example.com")), timezone.now())
    decide(world, "a.example.com")
    react(feed, Level.WATCH, 0)
    assert held(world) == (["indicator--a.example.com"], [])


def test_a_denial_is_confirmed_by_people_who_clear_the_subject_afterwards(world: World) -> None:
    feed = feed_of(world)
    import_result(feed, result(stated("a.example.com")), timezone.now())
    react(feed, Level.CLEAR)
    decide(world, "a.example.com", draft=OpinionDraft(Level.CLEAR, score=1.0))
    denial = "opinion--on-indicator--a.example.com"
    assert held(world) == ([denial], ["indicator--a.example.com"])
    (row,) = list_partners(world.viewer("centre"), timezone.now())
    assert (row.confirmed, row.refuted) == (1, 1)


def test_an_opinion_that_turns_after_the_decision_proves_nothing(world: World) -> None:
    feed = feed_of(world)
    import_result(feed, result(stated("a.example.com")), timezone.now())
    react(feed, Level.CLEAR)
    decide(world, "a.example.com")
    assert held(world) == (["indicator--a.example.com"], ["opinion--on-indicator--a.example.com"])
    react(feed, Level.WATCH, 0, version=1)
    assert held(world) == (["indicator--a.example.com"], [])
