"""Import what feeds brought: statements become opinions of their source, weighed by trust and age, or are counted.

Nothing that comes in is a decision: opinions of others are weighed by the fusion, one source alone reaches no suspicion
by default, and orders need people of ours.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet, Sum

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.marking import Marking
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.feed_checks import UnusedReason, is_exchanged, is_protected
from fanzha.command.exchange.feed_decay import LEAST_SCORE, DecayTerms, end_of_life, weigh
from fanzha.command.exchange.models import Feed, FeedCount, FeedItem
from fanzha.command.subjects.selectors import find_victims
from fanzha.command.subjects.services import (
    CanonicalValue,
    OpinionDraft,
    OpinionReceipt,
    ReceivedOpinion,
    canonicalize,
    get_or_create_subjects,
    receive_opinions,
    withdraw_received,
)
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.items import FeedContent, ReceivedVerdict, RejectReason
from fanzha.store.feed_queue import QueuedAnswer, open_feed_queue

log = logging.getLogger(__name__)

_UNSCOPED = unscoped("the worker imports the feeds of all organisations")

USED, WITHDRAWN = "used", "withdrawn"
#: Statements of one transaction.
BATCH = 500
#: How far the clock of a source may be ahead; what is later would never age.
MAX_AHEAD = timedelta(hours=1)
_COLUMNS = (
    "feed_id", "object_id", "subject_id", "opinion_id", "level", "stated_score", "fraud_type", "marking", "licence",
    "modified_at", "valid_until", "received_at", "weighed_at", "withdrawn_at",
    "first_received_at",
)  # fmt: skip
_CONFLICT = "(feed_id, object_id, subject_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS[3:-1]
)


class _Statement(NamedTuple):
    """A statement that is used, with its canonical subject and its score now."""

    verdict: ReceivedVerdict
    value: CanonicalValue
    score: float
    until: datetime


class _Earlier(NamedTuple):
    """When an object that came before was last modified, and whether any of its statements stands."""

    modified_at: datetime
    is_standing: bool


def import_answers(now: datetime) -> int:
    """Import what the collector fetched; return how many answers there were."""
    imported = 0
    with open_feed_queue() as queue:
        while answers := queue.answers():
            for answer in answers:
                _import_or_count(answer, now)
                queue.acknowledge(answer.id)
                imported += 1
    return imported


def _import_or_count(answer: QueuedAnswer, now: datetime) -> None:
    """Import one answer; count one that cannot be stored, so that it does not stop all behind it."""
    try:
        import_answer(answer, now)
    except (InterfaceError, OperationalError):
        raise  # the database is away: the answer is imported later
    except Exception:
        log.exception("an answer of feed %s", answer.feed)
        for feed in _UNSCOPED.rows(Feed).filter(ref=answer.feed):
            _count(feed, {RejectReason.UNREADABLE: 1}, now)


def import_answer(answer: QueuedAnswer, now: datetime) -> None:
    """Import one answer. A repeat, after the worker was killed, changes nothing."""
    feed = _UNSCOPED.rows(Feed).filter(ref=answer.feed, ended_at=None).select_related("owner", "source").first()
    if feed is None:
        return
    at = from_ms(answer.at)
    rows = _UNSCOPED.rows(Feed).filter(pk=feed.pk)
    if answer.problem:
        rows.update(problem=answer.problem[:200], failing_since=feed.failing_since or at)
        return
    rows.update(problem="", failing_since=None, reached_at=at)
    if answer.body:
        import_result(feed, msgspec.json.decode(answer.body, type=FeedContent), now)


def import_result(feed: Feed, result: FeedContent, now: datetime) -> Counter[str]:
    """Import what was read of a feed; return how many statements were used, or not for which reason."""
    outcomes: Counter[str] = Counter({reason.value: number for reason, number in result.rejected.items()})
    left = feed.limit_a_day - _used_on(feed, now)
    for start in range(0, len(result.verdicts), BATCH):
        batch = result.verdicts[start : start + BATCH]
        with recorded() as log:
            found = _import_batch(feed, batch, left, now)
            left -= found[USED]
            outcomes += found
            if found[USED] or found[WITHDRAWN]:
                facts = {"feed": feed.name, "source": feed.source.ref, "outcomes": dict(found)}
                log.add(Draft("feed_items", to_ms(now), "", feed.owner.ref, about=feed.ref, facts=facts))
    _count(feed, outcomes, now)
    if outcomes[USED] or outcomes[WITHDRAWN]:
        _UNSCOPED.rows(Feed).filter(pk=feed.pk).update(brought_at=now)
    return outcomes


def _import_batch(feed: Feed, batch: Sequence[ReceivedVerdict], left: int, now: datetime) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    earlier = _find_earlier(feed, (verdict.object_id for verdict in batch))
    statements: dict[tuple[CanonicalValue, str, str, str], _Statement] = {}
    gone: set[str] = set()
    changed: dict[str, datetime] = {}
    for verdict in batch:
        before = earlier.get(verdict.object_id)
        if verdict.is_withdrawn:
            gone.add(verdict.object_id)
            is_standing = before is not None and before.is_standing
            outcomes[WITHDRAWN if is_standing else UnusedReason.KNOWN if before else UnusedReason.STRANGER] += 1
            continue
        if before is not None and before.modified_at >= from_ms(verdict.modified_at):
            outcomes[UnusedReason.KNOWN] += 1
            continue
        checked = _check(feed, verdict, now)
        if isinstance(checked, _Statement) and len(statements) >= left:
            outcomes[UnusedReason.LIMIT] += 1
            continue
        if before is not None and before.is_standing:
            changed[verdict.object_id] = from_ms(verdict.modified_at)
        if not isinstance(checked, _Statement):
            outcomes[checked] += 1
            continue
        key = (checked.value, verdict.direction, verdict.service, verdict.ingress)
        if key not in statements or statements[key].score < checked.score:
            statements[key] = checked
        outcomes[USED] += 1
    usable = _without_victims(list(statements.values()))
    outcomes[UnusedReason.VICTIM] += len(statements) - len(usable)
    outcomes[USED] -= len(statements) - len(usable)
    _store(feed, usable, now)
    withdraw_items(feed, gone, now)
    outcomes[WITHDRAWN] += _withdraw_changed(feed, changed, now) if changed else 0
    return +outcomes


def _check(feed: Feed, verdict: ReceivedVerdict, now: datetime) -> _Statement | UnusedReason | RejectReason:
    """Return a statement ready to store, or why it is not used."""
    if not is_exchanged(verdict.subject_kind):
        return UnusedReason.KIND
    if verdict.level is Level.CLEAR:
        return UnusedReason.BENIGN
    if verdict.simulated and not feed.owner.simulated:
        return UnusedReason.SIMULATED
    try:
        value = canonicalize(verdict.subject_kind, verdict.subject)
    except Malformed:
        return UnusedReason.VALUE
    if is_protected(value.kind, value.value):
        return UnusedReason.PROTECTED
    terms, modified_at = DecayTerms(feed.trust, feed.half_life_days), from_ms(verdict.modified_at)
    if modified_at > now + MAX_AHEAD:
        return RejectReason.TIMES
    until = end_of_life(modified_at, terms)
    if verdict.valid_until is not None:
        until = min(until, from_ms(verdict.valid_until))
    if until <= now:
        return UnusedReason.EXPIRED
    score = weigh(feed.confidence if verdict.score is None else verdict.score, modified_at, now, terms)
    return _Statement(verdict, value, score, until) if score >= LEAST_SCORE else UnusedReason.TOO_WEAK


def _without_victims(statements: list[_Statement]) -> list[_Statement]:
    victims = find_victims({statement.value.thing for statement in statements}).only if statements else frozenset()
    return [statement for statement in statements if statement.value.thing not in victims]


def _store(feed: Feed, statements: Sequence[_Statement], now: datetime) -> None:
    """Give the opinions of the source, and remember by which object each was stated."""
    pks = get_or_create_subjects([(statement.value, now, None) for statement in statements], now)
    opinions = [_to_opinion(feed, statement, pk) for statement, pk in zip(statements, pks, strict=True)]
    ids = receive_opinions(opinions, _receipt(feed), now)
    rows = [
        _item_columns(feed, statement, pk, opinion_id, now)
        for statement, pk, opinion_id in zip(statements, pks, ids, strict=True)
    ]
    bulk.insert(FeedItem, _COLUMNS, rows, conflict=_CONFLICT)


def _item_columns(feed: Feed, statement: _Statement, pk: int, opinion_id: str, now: datetime) -> tuple[object, ...]:
    verdict = statement.verdict
    return (
        feed.pk, verdict.object_id, pk, opinion_id, verdict.level.value,
        feed.confidence if verdict.score is None else verdict.score, verdict.fraud_type,
        _marking(feed, verdict).value, (verdict.licence or feed.licence)[:300], from_ms(verdict.modified_at),
        None if verdict.valid_until is None else statement.until, now, now, None, now,
    )  # fmt: skip


def _to_opinion(feed: Feed, statement: _Statement, subject_pk: int) -> ReceivedOpinion:
    stated = mask_numbers(statement.verdict.reason)
    verdict = statement.verdict
    draft = OpinionDraft(
        verdict.level,
        statement.score,
        verdict.fraud_type,
        statement.until,
        verdict.direction,
        verdict.service,
        verdict.ingress,
        Words(f"情报来源“{feed.name}”：{stated}"[:500], f"feed “{feed.name}”: {stated}"[:500]),
        _marking(feed, verdict),
        verdict.simulated,
    )
    return ReceivedOpinion(subject_pk, draft)


def _marking(feed: Feed, verdict: ReceivedVerdict) -> Marking:
    return verdict.marking or Marking(feed.marking)


def _receipt(feed: Feed) -> OpinionReceipt:
    return OpinionReceipt(feed.source, feed.owner, feed.name, feed.ref)


def withdraw_items(feed: Feed, object_ids: Iterable[str], now: datetime) -> int:
    """Withdraw what some objects of a feed stated; return how many opinions were standing."""
    return _withdraw(feed, _find_standing(feed, object_ids), now)


def _withdraw_changed(feed: Feed, versions: Mapping[str, datetime], now: datetime) -> int:
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
    """Weigh statements anew that lost a quarter of a half-life since; return how many."""
    weighed = 0
    for feed in _UNSCOPED.rows(Feed).filter(ended_at=None).select_related("owner", "source"):
        terms = DecayTerms(feed.trust, feed.half_life_days)
        before = now - timedelta(days=terms.half_life_days / 4)
        due = _UNSCOPED.rows(FeedItem).filter(feed=feed, withdrawn_at=None, weighed_at__lt=before)
        while items := list(due.exclude(opinion_id="").order_by("pk")[:BATCH]):
            with recorded():
                _weigh_items(feed, items, terms, now)
            weighed += len(items)
    return weighed


def _weigh_items(feed: Feed, items: Sequence[FeedItem], terms: DecayTerms, now: datetime) -> None:
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
    ids = receive_opinions([opinion for _, opinion in opinions.values()], _receipt(feed), now)
    for (item, _), opinion_id in zip(opinions.values(), ids, strict=True):
        _UNSCOPED.rows(FeedItem).filter(pk=item.pk).update(opinion_id=opinion_id, weighed_at=now)
    _UNSCOPED.rows(FeedItem).filter(pk__in=[item.pk for item in ended]).update(opinion_id="", weighed_at=now)


def _find_earlier(feed: Feed, object_ids: Iterable[str]) -> Mapping[str, _Earlier]:
    """Return the last known versions of some objects, also of those that were withdrawn."""
    rows = _UNSCOPED.rows(FeedItem).filter(bulk.column_in("object_id", list(set(object_ids)), "text"), feed=feed)
    earlier: dict[str, _Earlier] = {}
    for object_id, modified_at, withdrawn_at in rows.order_by("modified_at").values_list(
        "object_id", "modified_at", "withdrawn_at"
    ):
        was_standing = object_id in earlier and earlier[object_id].is_standing
        earlier[object_id] = _Earlier(modified_at, was_standing or withdrawn_at is None)
    return earlier


def _used_on(feed: Feed, now: datetime) -> int:
    rows = _UNSCOPED.rows(FeedCount).filter(feed=feed, day=_day(now), outcome=USED)
    return int(rows.aggregate(total=Sum("count"))["total"] or 0)


def _count(feed: Feed, outcomes: Mapping[str, int], now: datetime) -> None:
    day = _day(now)
    for outcome, number in sorted(outcomes.items()):
        row, _ = _UNSCOPED.rows(FeedCount).get_or_create(feed=feed, day=day, outcome=str(outcome))
        _UNSCOPED.rows(FeedCount).filter(pk=row.pk).update(count=F("count") + number)


def _day(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
