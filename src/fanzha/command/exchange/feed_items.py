"""Rows of statements of feeds: stored with their opinions, withdrawn with them, and weighed again by age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from fanzha.base.ids import digest
from fanzha.base.marking import Marking
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.feed_decay import LEAST_SCORE, DecayTerms, end_of_life, weigh
from fanzha.command.exchange.models import Feed, FeedItem
from fanzha.command.subjects.services import (
    OpinionDraft,
    OpinionReceipt,
    ReceivedOpinion,
    receive_opinions,
    withdraw_received,
)
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("statements of the feeds of all organisations are imported by one worker")

USED, WITHDRAWN = "used", "withdrawn"
#: How far the clock of a source may be ahead; what is later would never age.
MAX_AHEAD = timedelta(hours=1)
#: Statements of one transaction.
BATCH = 500
_COLUMNS = (
    "feed_id", "object_id", "subject_id", "opinion_id", "level", "stated_score", "fraud_type", "marking", "licence",
    "modified_at", "valid_until", "received_at", "weighed_at", "withdrawn_at",
    "first_received_at", "about",
)  # fmt: skip
_CONFLICT = "(feed_id, object_id, subject_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in (*_COLUMNS[3:-2], "about")
)
#: An opinion that says something else now is as new as that; of a statement the first receipt counts.
_CONFLICT += (
    ", first_received_at = CASE WHEN excluded.about = '' OR excluded.level = exchange_feeditem.level"
    " THEN exchange_feeditem.first_received_at ELSE excluded.first_received_at END"
)


class EarlierVersion(NamedTuple):
    """When an earlier version of an object was last modified, and whether any of its statements is in force."""

    modified_at: datetime
    is_standing: bool


def receipt_of(feed: Feed, *, is_reaction: bool = False) -> OpinionReceipt:
    """Return how the opinions of a feed come: a way for what it states, and one for what it thinks of others."""
    way = digest("feed_reactions", feed.ref)[:26] if is_reaction else feed.ref
    return OpinionReceipt(feed.source, feed.owner, feed.name, way)


def insert_items(rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows of `_COLUMNS`, in place of those of the same object and subject."""
    bulk.insert(FeedItem, _COLUMNS, list(rows), conflict=_CONFLICT)


def withdraw_items(feed: Feed, object_ids: AnyOf[str], now: datetime) -> int:
    """Withdraw what some objects of a feed stated, and opinions on them; return how many were standing."""
    withdrawn = _withdraw(feed, _find_standing(feed, object_ids), now)
    return withdrawn + withdraw_opinions_on(feed.owner_id, object_ids, now)


def withdraw_opinions_on(owner: int, object_ids: AnyOf[str], now: datetime) -> int:
    """Withdraw the opinions of feeds of an organisation (primary key) on objects that none of its feeds still states.

    Whoever withdraws an object of the organisation itself checks before that no collection states it.
    """
    items = _UNSCOPED.rows(FeedItem).filter(feed__owner=owner, withdrawn_at=None)
    standing = items.filter(bulk.column_in("object_id", list(object_ids), "text"), about="")
    gone = set(object_ids) - set(standing.values_list("object_id", flat=True)) if object_ids else set()
    if not gone:
        return 0
    rows = items.filter(bulk.column_in("about", list(gone), "text"), ~Q(about=""))
    by_feed: dict[int, list[int]] = defaultdict(list)
    for feed_pk, pk in rows.order_by().values_list("feed_id", "pk"):
        by_feed[feed_pk].append(pk)
    feeds = _UNSCOPED.rows(Feed).select_related("source").in_bulk(sorted(by_feed))
    return sum(
        _withdraw(feeds[feed_pk], _UNSCOPED.rows(FeedItem).filter(bulk.column_in("id", pks)), now)
        for feed_pk, pks in by_feed.items()
    )


def withdraw_changed(feed: Feed, versions: Mapping[str, datetime], now: datetime) -> int:
    """Withdraw what earlier versions of some objects stated and the last ones (by time) do not; return how many."""
    items = _find_standing(feed, versions).values_list("pk", "object_id", "modified_at")
    old = [pk for pk, object_id, modified_at in items if modified_at < versions[object_id]]
    return _withdraw(feed, _UNSCOPED.rows(FeedItem).filter(bulk.column_in("id", old)), now) if old else 0


def _find_standing(feed: Feed, object_ids: Iterable[str]) -> QuerySet[FeedItem]:
    return _UNSCOPED.rows(FeedItem).filter(
        bulk.column_in("object_id", list(object_ids), "text"), feed=feed, withdrawn_at=None
    )


def _withdraw(feed: Feed, rows: QuerySet[FeedItem], now: datetime) -> int:
    opinion_ids = list(rows.exclude(opinion_id="").values_list("opinion_id", flat=True))
    rows.update(withdrawn_at=now)
    return withdraw_received(opinion_ids, f"withdrawn by feed {feed.name}", feed.source, now) if opinion_ids else 0


def weigh_again(now: datetime) -> int:
    """Weigh statements again that have lost a quarter of a half-life since; return how many.

    What an organisation said last is in force, so a statement that an opinion of the same feed contradicts is left, and
    so is an opinion that agrees with what its source states itself.
    """
    weighed = 0
    for feed in _UNSCOPED.rows(Feed).filter(ended_at=None).select_related("owner", "source"):
        terms = DecayTerms(feed.trust, feed.half_life_days)
        before = now - timedelta(days=terms.half_life_days / 4)
        standing = _UNSCOPED.rows(FeedItem).filter(feed=feed, withdrawn_at=None)
        denied = standing.filter(~Q(about=""), ~Q(level=OuterRef("level")), subject=OuterRef("subject"))
        stated = _UNSCOPED.rows(FeedItem).filter(
            feed__owner=feed.owner_id, feed__source=feed.source_id, about="", withdrawn_at=None
        )
        agreed = stated.filter(level=OuterRef("level"), subject=OuterRef("subject"))
        due = standing.exclude(Q(about=""), Exists(denied)).exclude(~Q(about=""), Exists(agreed))
        due = due.filter(weighed_at__lt=before)
        while items := list(due.exclude(opinion_id="").order_by("pk")[:BATCH]):
            with recorded():
                for is_reaction in (False, True):
                    _weigh_items(feed, [item for item in items if bool(item.about) is is_reaction], terms, now)
            weighed += len(items)
    return weighed


def _weigh_items(feed: Feed, items: Sequence[FeedItem], terms: DecayTerms, now: datetime) -> None:
    """Weigh items again, all of them statements or all of them opinions on others' objects."""
    if not items:
        return
    opinions: dict[int, tuple[FeedItem, ReceivedOpinion]] = {}
    ended = []
    for item in items:
        score, until = weigh(item.stated_score, item.modified_at, now, terms), end_of_life(item.modified_at, terms)
        until = min(until, item.valid_until) if item.valid_until is not None else until
        if score < LEAST_SCORE or until <= now or item.subject_id in opinions:
            ended.append(item)
            continue
        words = Words(f"情报来源“{feed.name}”", f"feed “{feed.name}”")
        level, marking = Level(item.level), Marking(item.marking)
        draft = OpinionDraft(level, score, item.fraud_type, until, reason=words, marking=marking)
        opinions[item.subject_id] = (item, ReceivedOpinion(item.subject_id, draft))
    receipt = receipt_of(feed, is_reaction=bool(items[0].about))
    ids = receive_opinions([opinion for _, opinion in opinions.values()], receipt, now)
    for (item, _), opinion_id in zip(opinions.values(), ids, strict=True):
        _UNSCOPED.rows(FeedItem).filter(pk=item.pk).update(opinion_id=opinion_id, weighed_at=now)
    _UNSCOPED.rows(FeedItem).filter(pk__in=[item.pk for item in ended]).update(opinion_id="", weighed_at=now)


def find_earlier(feed: Feed, object_ids: Iterable[str]) -> Mapping[str, EarlierVersion]:
    """Return the last known versions of some objects, also of those that were withdrawn."""
    rows = _UNSCOPED.rows(FeedItem).filter(bulk.column_in("object_id", list(set(object_ids)), "text"), feed=feed)
    earlier: dict[str, EarlierVersion] = {}
    for object_id, modified_at, withdrawn_at in rows.order_by("modified_at").values_list(
        "object_id", "modified_at", "withdrawn_at"
    ):
        was_standing = object_id in earlier and earlier[object_id].is_standing
        earlier[object_id] = EarlierVersion(modified_at, was_standing or withdrawn_at is None)
    return earlier
