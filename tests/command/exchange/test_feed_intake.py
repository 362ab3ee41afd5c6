"""Statements become opinions of their source; what is poisoned, old, known or too much is counted and not used."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone
from tests.command.exchange.feed_world import TERMS, feed_of, result, stated
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_intake import import_answer, import_answers, import_result
from fanzha.command.exchange.feed_items import weigh_again
from fanzha.command.exchange.models import Feed, FeedCount, FeedItem
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.web.scoping import unscoped
from fanzha.share.items import FeedContent, RejectReason
from fanzha.store.brands import load_brand_table
from fanzha.store.feed_queue import QueuedAnswer, open_feed_queue

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def standing() -> dict[str, float | None]:
    with unscoped("test"):
        rows = OpinionRow.objects.filter(OpinionRow.standing()).select_related("subject")
        return {row.subject.value: row.score for row in rows}


def test_a_statement_is_an_opinion_of_the_source_and_orders_nothing(world: World) -> None:
    outcomes = import_result(feed_of(world), result(stated("login.example.com")), timezone.now())
    assert outcomes == {"used": 1} and standing() == {"login.example.com": 0.8}
    with unscoped("test"):
        row = OpinionRow.objects.get()
        verdict = VerdictRow.objects.get(owner=world["centre"], superseded_at=None)
        item = FeedItem.objects.get()
    assert row.owner == world["partner"] and not row.decision and row.treatment == ""
    assert verdict.level != Level.SUSPECTED and verdict.treatment == "allow"
    assert (item.licence, item.marking, item.stated_score) == ("CC BY 4.0", "TLP:GREEN", 1.0)


def test_what_the_feed_withdraws_is_withdrawn_here(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    import_result(feed, result(stated("login.example.com"), stated("other.example.com")), now)
    gone = stated("", "", object_id="indicator--login.example.com", is_withdrawn=True)
    outcomes = import_result(feed, result(gone, stated("", "", object_id="x", is_withdrawn=True)), now)
    assert outcomes == {"withdrawn": 1, "stranger": 1} and list(standing()) == ["other.example.com"]


def test_a_poisoned_feed_accuses_nobody_who_is_protected(world: World) -> None:
    brand = load_brand_table().brands[0].domain
    poison = [
        stated(brand),
        stated(f"login.{brand}"),
        stated("github.io"),
        stated("110", "phone_number"),
        stated("95588", "short_code"),
        stated("10.0.0.1", "host"),
        stated("127.0.0.1", "website"),
    ]
    assert import_result(feed_of(world), result(*poison), timezone.now()) == {"protected": len(poison)}
    assert standing() == {}


def test_a_victim_is_not_accused(world: World) -> None:
    finding_row(world["centre"], subject(), role="victim")
    outcomes = import_result(feed_of(world), result(stated(subject().value, "phone_number")), timezone.now())
    assert outcomes == {"victim": 1} and standing() == {}


def test_what_is_of_no_use_is_counted_by_reason(world: World) -> None:
    now = timezone.now()
    old = to_ms(now - timedelta(days=100))
    outcomes = import_result(
        feed_of(world),
        FeedContent(
            [
                stated("a.example.com", level=Level.CLEAR),
                stated("b.example.com", valid_until=to_ms(now) - 1),
                stated("c.example.com", modified_at=old, score=0.3),
                stated("x", "person"),
                stated("not a host", "website"),
            ],
            [],
            {RejectReason.PATTERN: 4},
        ),
        now,
    )
    assert outcomes == {"benign": 1, "expired": 1, "too_weak": 1, "kind": 1, "value": 1, "pattern": 4}
    with unscoped("test"):
        assert dict(FeedCount.objects.values_list("outcome", "count")) == outcomes


def test_the_same_again_is_known_and_a_new_version_replaces(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    first = stated("a.example.com")
    import_result(feed, result(first), now)
    assert import_result(feed, result(first), now) == {"known": 1}
    newer = msgspec.structs.replace(first, modified_at=first.modified_at + 5, score=0.5)
    import_result(feed, result(newer), now + timedelta(seconds=1))
    assert standing() == {"a.example.com": 0.4}


def test_a_day_takes_in_no_more_than_its_limit(world: World) -> None:
    feed = feed_of(world, replace(TERMS, limit_a_day=2))
    outcomes = import_result(feed, result(*(stated(f"{n}.example.com") for n in range(5))), timezone.now())
    assert outcomes == {"used": 2, "limit": 3}
    assert import_result(feed, result(stated("z.example.com")), timezone.now()) == {"limit": 1}


def test_age_makes_a_statement_worth_less_until_it_is_worth_nothing(world: World) -> None:
    now = timezone.now()
    import_result(feed_of(world), result(stated("a.example.com")), now)
    assert weigh_again(now + timedelta(days=1)) == 0
    assert weigh_again(now + timedelta(days=30)) == 1 and standing() == {"a.example.com": 0.4}
    assert weigh_again(now + timedelta(days=200)) == 1 and weigh_again(now + timedelta(days=300)) == 0


def test_answers_are_taken_from_the_queue_once(world: World) -> None:
    feed = feed_of(world)
    with open_feed_queue() as queue:
        queue.add_answer(feed.ref, msgspec.json.encode(result(stated("a.example.com"))), "c", to_ms(timezone.now()))
        queue.end_contact("nobody", 1, 1, "ended meanwhile")
    assert import_answers(timezone.now()) == 2 and import_answers(timezone.now()) == 0
    assert list(standing()) == ["a.example.com"]


def test_an_answer_that_cannot_be_stored_is_counted_and_stops_none_behind_it(world: World) -> None:
    feed = feed_of(world)
    with open_feed_queue() as queue:
        queue.add_answer(feed.ref, b'{"verdicts": 5}', "c", to_ms(timezone.now()))
        queue.add_answer(feed.ref, msgspec.json.encode(result(stated("a.example.com"))), "d", to_ms(timezone.now()))
    assert import_answers(timezone.now()) == 2 and list(standing()) == ["a.example.com"]
    with unscoped("test"):
        assert FeedCount.objects.get(outcome="unreadable").count == 1


def test_what_was_withdrawn_does_not_come_back_by_an_older_version(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    first = stated("a.example.com")
    gone = stated("", "", object_id=first.object_id, is_withdrawn=True)
    import_result(feed, result(first), now)
    assert [import_result(feed, result(gone), now) for _ in range(2)] == [{"withdrawn": 1}, {"known": 1}]
    assert import_result(feed, result(first), now) == {"known": 1} and standing() == {}
    newer = msgspec.structs.replace(first, modified_at=first.modified_at + 5)
    assert import_result(feed, result(newer), now + timedelta(seconds=1)) == {"used": 1}


def test_a_statement_of_the_future_would_never_age_and_is_not_used(world: World) -> None:
    now = timezone.now()
    future = stated("a.example.com", modified_at=to_ms(now + timedelta(days=2)))
    assert import_result(feed_of(world), result(future), now) == {"times": 1} and standing() == {}


def test_a_contact_that_failed_is_remembered_until_one_succeeds(world: World) -> None:
    feed, at = feed_of(world), to_ms(timezone.now())
    import_answer(QueuedAnswer(1, feed.ref, at, "no answer within 10 s", b""), timezone.now())
    with unscoped("test"):
        failing = Feed.objects.get()
        assert failing.problem == "no answer within 10 s" and failing.failing_since
        import_answer(QueuedAnswer(2, feed.ref, at, "", b""), timezone.now())
        assert Feed.objects.get().failing_since is None and Feed.objects.get().reached_at


def test_what_a_new_version_no_longer_states_is_withdrawn(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    first = stated("shop.example.com", object_id="indicator--1")
    import_result(feed, result(first, stated("b.example.com", object_id="indicator--2")), now)
    corrected = msgspec.structs.replace(first, subject="evil.example.com", modified_at=first.modified_at + 5)
    cleared = stated("b.example.com", object_id="indicator--2", level=Level.CLEAR, modified_at=first.modified_at + 5)
    outcomes = import_result(feed, result(corrected, cleared), now + timedelta(seconds=1))
    assert outcomes == {"used": 1, "benign": 1, "withdrawn": 2}
    assert list(standing()) == ["evil.example.com"]
