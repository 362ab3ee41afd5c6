"""What rests on a feed alone whose licence forbids passing on stays here, until a source of ours supports it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of, decide
from tests.command.exchange.feed_world import TERMS, feed_of, result, stated
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.feed_services import end_feed
from fanzha.command.exchange.licence_checks import find_unlicensed
from fanzha.command.exchange.models import Collection, Feed, FeedItem, SharedObject, WithheldCount
from fanzha.command.exchange.publication import share_pending
from fanzha.command.subjects.selectors import VerdictFacts, select_verdict_facts
from fanzha.command.web.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
SITE = "a.example.com"
FORBIDDING = replace(TERMS, licence="Do not redistribute.")


def bring(world: World, value: str = SITE, **fields: Any) -> None:
    """Subscribe to a feed that forbids passing on, and import a statement of it."""
    import_result(feed_of(world, FORBIDDING), result(stated(value, **fields)), timezone.now())


def indicators(collection: Collection) -> list[bool]:
    """Return for each standing indicator of a collection whether it is revoked."""
    share_pending(timezone.now())
    rows = SharedObject._base_manager.filter(collection=collection, stix_type="indicator", is_last=True)
    return list(rows.values_list("is_revoked", flat=True))


def facts_of(world: World) -> list[VerdictFacts]:
    pks = list(FeedItem._base_manager.values_list("subject_id", flat=True))
    return select_verdict_facts(world["centre"].pk, pks)


def test_a_confirmation_of_what_a_feed_stated_stays_here_and_is_counted(world: World) -> None:
    bring(world)
    decide(world, SITE)
    decide(world, "b.example.com")
    made = collection_of(world)
    assert indicators(made) == [False]
    assert WithheldCount._base_manager.get(collection=made, reason="licence").count


def test_another_feed_that_allows_it_supports_it(world: World) -> None:
    bring(world)
    decide(world, SITE)
    made = collection_of(world)
    other = feed_of(world, replace(TERMS, name="another list"))
    import_result(other, result(stated(SITE)), timezone.now())
    decide(world, SITE)
    assert indicators(made) == [False]


def test_what_we_stated_before_the_feed_did_stays_shared(world: World) -> None:
    decide(world, SITE)
    made = collection_of(world)
    bring(world)
    assert indicators(made) == [False]
    FeedItem._base_manager.update(first_received_at=timezone.now() - timedelta(days=1))
    assert find_unlicensed(world["centre"].pk, facts_of(world)).subject_pks
    FeedItem._base_manager.update(first_received_at=None)
    assert find_unlicensed(world["centre"].pk, facts_of(world)).subject_pks


def test_a_finding_of_ours_supports_it(world: World) -> None:
    bring(world)
    decide(world, SITE)
    (facts,) = facts_of(world)
    found = find_unlicensed(world["centre"].pk, [facts])
    assert found.subject_pks == {facts.subject_pk} and found.object_ids == {f"indicator--{SITE}"}
    assert not find_unlicensed(world["centre"].pk, [facts._replace(findings=2)]).subject_pks


def test_the_time_of_the_first_statement_stays_when_it_comes_again(world: World) -> None:
    feed = feed_of(world, FORBIDDING)
    first = timezone.now() - timedelta(days=3)
    import_result(feed, result(stated(SITE, modified_at=to_ms(first))), first)
    import_result(feed, result(stated(SITE)), timezone.now())
    assert FeedItem._base_manager.get().first_received_at == first


def test_the_licence_of_an_object_counts_before_that_of_its_feed(world: World) -> None:
    import_result(feed_of(world), result(stated(SITE, licence="internal use only")), timezone.now())
    decide(world, SITE)
    assert find_unlicensed(world["centre"].pk, facts_of(world)).subject_pks
    assert not find_unlicensed(world["centre"].pk, []).object_ids


def test_an_object_does_not_free_what_its_feed_forbids(world: World) -> None:
    bring(world, licence="CC BY 4.0")
    decide(world, SITE)
    assert find_unlicensed(world["centre"].pk, facts_of(world)).subject_pks


def test_what_was_confirmed_stays_here_after_the_feed_ended(world: World) -> None:
    bring(world)
    decide(world, SITE)
    end_feed(Feed._base_manager.get(), world.viewer("centre", Role.LIAISON))
    assert find_unlicensed(world["centre"].pk, facts_of(world)).subject_pks
