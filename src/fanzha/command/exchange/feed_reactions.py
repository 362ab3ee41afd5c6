"""Import what a feed thinks of objects of others: of ours, and of those that feeds brought.

An opinion of a partner is no verdict: it is weighed by trust and age as its statements are, and what it is about must
stand. It ends when the partner withdraws it, and when the object that it is about is withdrawn. Agreement of a source
with what it states itself says nothing new.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection as AnyOf
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from fanzha.base.clock import from_ms
from fanzha.base.marking import Marking
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_checks import UnusedReason, is_exchanged, is_protected
from fanzha.command.exchange.feed_decay import LEAST_SCORE, DecayTerms, end_of_life, weigh
from fanzha.command.exchange.feed_items import (
    MAX_AHEAD,
    USED,
    WITHDRAWN,
    find_earlier,
    insert_items,
    receipt_of,
    withdraw_changed,
    withdraw_items,
)
from fanzha.command.exchange.models import Feed, FeedItem
from fanzha.command.exchange.object_store import find_standing_bodies
from fanzha.command.subjects.selectors import find_standing_opinions, find_victims
from fanzha.command.subjects.services import (
    CanonicalValue,
    OpinionDraft,
    ReceivedOpinion,
    canonicalize,
    get_or_create_subjects,
    receive_opinions,
)
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped
from fanzha.share.items import RejectReason
from fanzha.share.opinions import ReceivedReaction
from fanzha.share.stix import read_objects

_UNSCOPED = unscoped("the worker imports the feeds of all organisations")


class _Stated(NamedTuple):
    """What a standing object says about one subject."""

    value: CanonicalValue
    level: Level
    fraud_type: str
    scope: tuple[str, str, str]
    until: datetime | None
    simulated: bool


class _Weighed(NamedTuple):
    """An opinion on one subject, ready to store; `about` is the object that names the subject."""

    reaction: ReceivedReaction
    about: str
    stated: _Stated
    level: Level
    score: float
    until: datetime


def import_reactions(feed: Feed, reactions: Sequence[ReceivedReaction], left: int, now: datetime) -> Counter[str]:
    """Import opinions of a feed, at most `left`; return how many were used, or not for which reason."""
    outcomes: Counter[str] = Counter()
    earlier = find_earlier(feed, (reaction.object_id for reaction in reactions))
    refs = {ref for reaction in reactions if not reaction.is_withdrawn for ref in reaction.about}
    stated = _find_stated(feed, refs) if refs else {}
    own = _find_own_statements(feed, stated)
    weighed: dict[tuple[CanonicalValue, tuple[str, str, str]], _Weighed] = {}
    gone: set[str] = set()
    changed: dict[str, datetime] = {}
    for reaction in reactions:
        before, modified_at = earlier.get(reaction.object_id), from_ms(reaction.modified_at)
        if reaction.is_withdrawn:
            gone.add(reaction.object_id)
            is_standing = before is not None and before.is_standing
            outcomes[WITHDRAWN if is_standing else UnusedReason.KNOWN if before else UnusedReason.STRANGER] += 1
            continue
        if before is not None and before.modified_at >= modified_at:
            outcomes[UnusedReason.KNOWN] += 1
            continue
        if before is not None and before.is_standing:
            changed[reaction.object_id] = modified_at
        targets = {target.value: (ref, target) for ref in reaction.about for target in stated.get(ref, ())}
        outcomes[UnusedReason.STRANGER] += not targets
        for ref, target in targets.values():
            checked = _check(feed, reaction, ref, target, now)
            if isinstance(checked, _Weighed) and (*target.value[:2], checked.level) in own:
                checked = UnusedReason.KNOWN  # it would stand in the verdict in place of the statement
            if isinstance(checked, _Weighed) and len(weighed) < left:
                weighed[target.value, target.scope] = checked
            else:
                outcomes[UnusedReason.LIMIT if isinstance(checked, _Weighed) else checked] += 1
    usable = _without_victims(list(weighed.values()))
    outcomes[UnusedReason.VICTIM] += len(weighed) - len(usable)
    outcomes[USED] += len(usable)
    _store(feed, usable, now)
    withdraw_items(feed, gone, now)
    outcomes[WITHDRAWN] += withdraw_changed(feed, changed, now) if changed else 0
    return +outcomes


def _find_stated(feed: Feed, refs: AnyOf[str]) -> Mapping[str, list[_Stated]]:
    """Return what standing objects say: indicators that the owner shares, and those that its feeds brought."""
    found: dict[str, list[_Stated]] = defaultdict(list)
    for ref, body in find_standing_bodies(feed.owner_id, refs).items():
        for verdict in read_objects([body]).verdicts:
            scope = (verdict.direction, verdict.service, verdict.ingress)
            until = None if verdict.valid_until is None else from_ms(verdict.valid_until)
            value = canonicalize(verdict.subject_kind, verdict.subject)
            found[ref].append(_Stated(value, verdict.level, verdict.fraud_type, scope, until, verdict.simulated))
    items = _UNSCOPED.rows(FeedItem).filter(
        bulk.column_in("object_id", [ref for ref in refs if ref not in found], "text"),
        feed__owner=feed.owner_id,
        feed__ended_at=None,
        withdrawn_at=None,
        about="",
    )
    columns = ("object_id", "opinion_id", "subject__kind", "subject__value", "level", "fraud_type", "valid_until")
    rows = list(items.order_by("pk").values_list(*columns))
    opinions = find_standing_opinions(_UNSCOPED).filter(bulk.column_in("opinion_id", [row[1] for row in rows], "text"))
    scopes = {
        opinion_id: (scope, simulated)
        for opinion_id, simulated, *scope in opinions.values_list(
            "opinion_id", "simulated", "direction", "service", "ingress"
        )
    }
    for ref, opinion_id, kind, value, level, fraud_type, until in rows:
        (direction, service, ingress), simulated = scopes.get(opinion_id, (("", "", ""), feed.owner.simulated))
        scope = (direction, service, ingress)
        found[ref].append(_Stated(CanonicalValue(kind, value), Level(level), fraud_type, scope, until, simulated))
    return found


def _find_own_statements(feed: Feed, stated: Mapping[str, list[_Stated]]) -> set[tuple[str, str, str]]:
    """Return kind, value and level of what the source states itself on the subjects, by any feed of the owner."""
    values = {target.value.value for targets in stated.values() for target in targets}
    items = _UNSCOPED.rows(FeedItem).filter(
        feed__owner=feed.owner_id, feed__source=feed.source_id, about="", withdrawn_at=None, subject__value__in=values
    )
    return set(items.order_by().values_list("subject__kind", "subject__value", "level"))


def _check(
    feed: Feed, reaction: ReceivedReaction, about: str, target: _Stated, now: datetime
) -> _Weighed | UnusedReason | RejectReason:
    """Return an opinion on a subject ready to store, or why it is not used."""
    level = target.level if reaction.level is None else reaction.level
    if not is_exchanged(target.value.kind):
        return UnusedReason.KIND
    if target.simulated and not feed.owner.simulated:
        return UnusedReason.SIMULATED
    if level is not Level.CLEAR and is_protected(target.value.kind, target.value.value):
        return UnusedReason.PROTECTED
    terms, modified_at = DecayTerms(feed.trust, feed.half_life_days), from_ms(reaction.modified_at)
    if modified_at > now + MAX_AHEAD:
        return RejectReason.TIMES
    until = min(end_of_life(modified_at, terms), target.until or datetime.max.replace(tzinfo=modified_at.tzinfo))
    if until <= now:
        return UnusedReason.EXPIRED
    score = weigh(reaction.confidence, modified_at, now, terms)
    return _Weighed(reaction, about, target, level, score, until) if score >= LEAST_SCORE else UnusedReason.TOO_WEAK


def _without_victims(weighed: list[_Weighed]) -> list[_Weighed]:
    """Return the opinions that do not accuse a victim, who is nothing else."""
    victims = find_victims({one.stated.value.thing for one in weighed}).only if weighed else frozenset()
    return [one for one in weighed if one.level is Level.CLEAR or one.stated.value.thing not in victims]


def _store(feed: Feed, weighed: Sequence[_Weighed], now: datetime) -> None:
    """Give the opinions of the source, and remember by which object each was given, and on which."""
    pks = get_or_create_subjects([(one.stated.value, now, None) for one in weighed], now)
    drafts = [ReceivedOpinion(pk, _draft(feed, one)) for one, pk in zip(weighed, pks, strict=True)]
    ids = receive_opinions(drafts, receipt_of(feed, is_reaction=True), now)
    insert_items(
        [_item_columns(feed, one, pk, opinion_id, now) for one, pk, opinion_id in zip(weighed, pks, ids, strict=True)]
    )


def _item_columns(feed: Feed, one: _Weighed, pk: int, opinion_id: str, now: datetime) -> tuple[object, ...]:
    return (
        feed.pk, one.reaction.object_id, pk, opinion_id, one.level.value, one.reaction.confidence, _fraud_type(one),
        _marking(feed, one), feed.licence[:300], from_ms(one.reaction.modified_at),
        None if one.stated.until is None else one.until, now, now, None, now, one.about,
    )  # fmt: skip


def _draft(feed: Feed, one: _Weighed) -> OpinionDraft:
    explanation = mask_numbers(one.reaction.explanation)
    zh, en = f"情报来源“{feed.name}”的意见：{explanation}", f"opinion of feed “{feed.name}”: {explanation}"
    return OpinionDraft(
        one.level,
        one.score,
        _fraud_type(one),
        one.until,
        *one.stated.scope,
        Words(zh[:500], en[:500]),
        _marking(feed, one),
        one.stated.simulated,
    )


def _fraud_type(one: _Weighed) -> str:
    return one.stated.fraud_type if one.level is not Level.CLEAR else ""


def _marking(feed: Feed, one: _Weighed) -> Marking:
    return one.reaction.marking or Marking(feed.marking)
