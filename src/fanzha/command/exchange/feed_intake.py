"""Import what feeds brought: statements become opinions of their source, weighed by trust and age, or are counted.

Nothing that comes in is a decision: opinions of others are weighed by the fusion, one source alone reaches no suspicion
by default, and orders need people of ours.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import InterfaceError, OperationalError
from django.db.models import F, Sum

from fanzha.base.clock import from_ms, to_ms
from fanzha.base.errors import Malformed
from fanzha.base.marking import Marking
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.audit.services import Recorder, recorded
from fanzha.command.exchange.feed_checks import UnusedReason, is_exchanged, is_protected
from fanzha.command.exchange.feed_decay import LEAST_SCORE, DecayTerms, end_of_life, weigh
from fanzha.command.exchange.feed_items import (
    BATCH,
    MAX_AHEAD,
    USED,
    WITHDRAWN,
    find_earlier,
    insert_items,
    receipt_of,
    withdraw_changed,
    withdraw_items,
)
from fanzha.command.exchange.feed_reactions import import_reactions
from fanzha.command.exchange.models import Feed, FeedCount
from fanzha.command.subjects.selectors import find_victims
from fanzha.command.subjects.services import (
    CanonicalValue,
    OpinionDraft,
    ReceivedOpinion,
    canonicalize,
    get_or_create_subjects,
    receive_opinions,
)
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.items import FeedContent, ReceivedVerdict, RejectReason
from fanzha.store.feed_queue import QueuedAnswer, open_feed_queue

log = logging.getLogger(__name__)

_UNSCOPED = unscoped("the worker imports the feeds of all organisations")


class _Statement(NamedTuple):
    """A statement that is used, with its canonical subject and its score now."""

    verdict: ReceivedVerdict
    value: CanonicalValue
    score: float
    until: datetime


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
            _log(log, feed, found, now)
        left -= found[USED]
        outcomes += found
    for start in range(0, len(result.reactions), BATCH):  # they may be about objects of the same batch
        with recorded() as log:
            found = import_reactions(feed, result.reactions[start : start + BATCH], left, now)
            _log(log, feed, found, now)
        left -= found[USED]
        outcomes += found
    _count(feed, outcomes, now)
    if outcomes[USED] or outcomes[WITHDRAWN]:
        _UNSCOPED.rows(Feed).filter(pk=feed.pk).update(brought_at=now)
    return outcomes


def _log(log: Recorder, feed: Feed, found: Counter[str], now: datetime) -> None:
    if found[USED] or found[WITHDRAWN]:
        facts = {"feed": feed.name, "source": feed.source.ref, "outcomes": dict(found)}
        log.add(Draft("feed_items", to_ms(now), "", feed.owner.ref, about=feed.ref, facts=facts))


def _import_batch(feed: Feed, batch: Sequence[ReceivedVerdict], left: int, now: datetime) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    earlier = find_earlier(feed, (verdict.object_id for verdict in batch))
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
    outcomes[WITHDRAWN] += withdraw_changed(feed, changed, now) if changed else 0
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
    ids = receive_opinions(opinions, receipt_of(feed), now)
    rows = [
        _item_columns(feed, statement, pk, opinion_id, now)
        for statement, pk, opinion_id in zip(statements, pks, ids, strict=True)
    ]
    insert_items(rows)


def _item_columns(feed: Feed, statement: _Statement, pk: int, opinion_id: str, now: datetime) -> tuple[object, ...]:
    verdict = statement.verdict
    return (
        feed.pk, verdict.object_id, pk, opinion_id, verdict.level.value,
        feed.confidence if verdict.score is None else verdict.score, verdict.fraud_type,
        _marking(feed, verdict).value, (verdict.licence or feed.licence)[:300], from_ms(verdict.modified_at),
        None if verdict.valid_until is None else statement.until, now, now, None, now, "",
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
