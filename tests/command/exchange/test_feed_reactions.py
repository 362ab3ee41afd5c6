"""What a partner thinks of objects of ours and of feeds is its opinion, and ends with what it is about."""

from datetime import timedelta

import msgspec
import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of, decide
from tests.command.exchange.feed_world import feed_of, reaction, result, stated
from tests.command.exchange.test_publication import last
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_intake import import_result
from fanzha.command.exchange.feed_items import weigh_again
from fanzha.command.exchange.models import FeedItem
from fanzha.command.exchange.publication import share_pending
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.subjects.opinions import retract_opinion
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.share.items import FeedContent
from fanzha.store.brands import load_brand_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def of_partner(world: World) -> dict[str, tuple[str, float | None]]:
    """Opinions of the partner by value: level and score; none is a decision."""
    with unscoped("test"):
        rows = OpinionRow.objects.filter(OpinionRow.standing(), owner=world["partner"]).select_related("subject")
        assert not any(row.decision for row in rows)
        return {row.subject.value: (row.level, row.score) for row in rows}


def share_one(world: World, value: str = "login.example.com") -> str:
    """Let the centre decide and share; return the id of its indicator."""
    collection = collection_of(world)
    decide(world, value)
    share_pending(timezone.now())
    return str(last(collection, "indicator")[0]["id"])


def test_an_opinion_on_our_indicator_is_one_of_the_partner_and_replaces_none_of_ours(world: World) -> None:
    about, feed = share_one(world), feed_of(world)
    denial = reaction(about, Level.CLEAR, confidence=0.5, explanation="a shop of ours, call 13800138000")
    assert import_result(feed, FeedContent(reactions=[denial]), timezone.now()) == {"used": 1}
    assert of_partner(world) == {"login.example.com": ("clear", 0.4)}
    with unscoped("test"):
        own = OpinionRow.objects.filter(OpinionRow.standing()).get(owner=world["centre"])
        item, opinion = FeedItem.objects.get(), OpinionRow.objects.get(owner=world["partner"])
    assert own.level == Level.SUSPECTED and item.about == about
    assert "13800138000" not in opinion.reason_en and "a shop of ours" in opinion.reason_en


def test_an_opinion_on_what_a_feed_stated_stands_beside_it_and_is_withdrawn_alone(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    site = stated("login.example.com")
    denies = reaction(site.object_id, Level.CLEAR)
    content = FeedContent([site], reactions=[denies])
    assert import_result(feed, content, now) == {"used": 2}
    gone = msgspec.structs.replace(denies, is_withdrawn=True)
    assert import_result(feed, FeedContent(reactions=[gone]), now) == {"withdrawn": 1}
    assert of_partner(world) == {"login.example.com": ("suspected", 0.8)}  # what the feed states itself
    assert import_result(feed, FeedContent(reactions=[denies, gone]), now) == {"known": 2}


def test_an_opinion_ends_with_the_statement_that_it_is_about(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    site = stated("login.example.com")
    import_result(feed, FeedContent([site], reactions=[reaction(site.object_id, Level.CLEAR)]), now)
    import_result(feed, result(stated("", "", object_id=site.object_id, is_withdrawn=True)), now)
    assert of_partner(world) == {}


def test_agreement_of_a_source_with_its_own_statement_leaves_the_verdict_as_it_is(world: World) -> None:
    about, feed, now = share_one(world), feed_of(world), timezone.now()
    import_result(feed, result(stated("login.example.com")), now)

    def score() -> float:
        with unscoped("test"):
            return VerdictRow.objects.get(owner=world["centre"], superseded_at=None).score

    before = score()
    weak = reaction(about, confidence=0.3)
    later = now + timedelta(seconds=1)
    assert import_result(feed, FeedContent(reactions=[weak]), later) == {"known": 1}
    assert score() == before


def test_agreement_that_came_before_the_own_statement_is_not_weighed_in_its_place(world: World) -> None:
    about, feed, now = share_one(world), feed_of(world), timezone.now()
    early = now - timedelta(days=2)
    weak = reaction(about, confidence=0.3, modified_at=to_ms(early))
    assert import_result(feed, FeedContent(reactions=[weak]), early) == {"used": 1}
    import_result(feed, result(stated("login.example.com")), now)
    assert weigh_again(now + timedelta(days=6)) == 0  # the agreement alone would be due


def test_what_we_withdraw_takes_the_agreement_of_partners_with_it(world: World) -> None:
    about, feed = share_one(world), feed_of(world)
    import_result(feed, FeedContent(reactions=[reaction(about)]), timezone.now())
    assert of_partner(world) == {"login.example.com": ("suspected", 0.64)}
    with unscoped("test"):
        own = OpinionRow.objects.filter(OpinionRow.standing()).get(owner=world["centre"])
        retract_opinion(own, "a mistake", world.viewer("centre", Role.ANALYST), timezone.now())
    share_pending(timezone.now())
    assert of_partner(world) == {}
    again = reaction(about, object_id="opinion--another-of-the-partner")
    assert import_result(feed, FeedContent(reactions=[again]), timezone.now()) == {"stranger": 1}


def test_a_new_version_replaces_the_opinion_before(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    site = stated("login.example.com")
    first = reaction(site.object_id, Level.CLEAR, confidence=0.3)
    import_result(feed, FeedContent([site], reactions=[first]), now)
    newer = msgspec.structs.replace(first, level=Level.CLEAR, confidence=0.5, modified_at=first.modified_at + 5)
    later = now + timedelta(seconds=1)
    assert import_result(feed, FeedContent(reactions=[newer]), later) == {"used": 1}
    with unscoped("test"):
        levels = OpinionRow.objects.filter(OpinionRow.standing()).order_by("level").values_list("level", flat=True)
        assert list(levels) == ["clear", "suspected"]


def test_no_agreement_accuses_the_innocent_and_what_is_of_no_use_is_counted(world: World) -> None:
    feed, now = feed_of(world), timezone.now()
    brand, victim = load_brand_table().brands[0].domain, subject()
    finding_row(world["centre"], victim, role="victim")
    old = to_ms(now - timedelta(days=300))
    site = stated("login.example.com")
    import_result(feed, result(site), now)
    with unscoped("test"):
        item = FeedItem.objects.get()
        for name, row in (("brand", subject(brand, "website")), ("victim", victim)):
            item.pk, item.object_id, item.subject = None, f"indicator--{name}", row
            item.save()
    reactions = [
        reaction("indicator--brand"),
        reaction("indicator--victim", Level.WATCH),
        reaction("indicator--unknown"),
        reaction(site.object_id, object_id="opinion--old-one", modified_at=old),
        reaction(site.object_id, object_id="opinion--weak-one", confidence=0.01),
        reaction(site.object_id, object_id="opinion--future-one", modified_at=to_ms(now + timedelta(days=2))),
    ]
    assert import_result(feed, FeedContent(reactions=reactions), now) == {
        "protected": 1, "victim": 1, "stranger": 1, "expired": 1, "too_weak": 1, "times": 1,
    }  # fmt: skip
