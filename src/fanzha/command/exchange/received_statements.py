"""Turn what a reader adds to a collection into opinions of that organisation: its indicators, and its opinions on ours.

They are weighed as all opinions of others are, by the trust of the fusion policy, and decide nothing. The innocent are
protected as they are from feeds. What the last version of an object no longer
states is withdrawn, unless another object of that organisation in the collection states it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import from_ms
from fanzha.base.errors import Malformed
from fanzha.base.marking import Marking
from fanzha.base.masking import mask_numbers
from fanzha.base.words import Words
from fanzha.claims.verdict import Level
from fanzha.command.exchange.feed_checks import UnusedReason, is_exchanged, is_protected
from fanzha.command.exchange.models import Collection
from fanzha.command.exchange.object_store import LastVersion, find_bodies_of, find_last_versions
from fanzha.command.subjects.selectors import find_victims
from fanzha.command.subjects.services import (
    CanonicalValue,
    OpinionDraft,
    OpinionReceipt,
    ReceivedOpinion,
    canonicalize,
    find_received_opinions,
    get_or_create_subjects,
    receive_opinions,
    withdraw_received,
)
from fanzha.share.items import ReceivedVerdict
from fanzha.share.opinions import ReceivedReaction
from fanzha.share.stix import read_objects

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

USED, WITHDRAWN = "used", "withdrawn"
#: Objects of a source that are compared before an opinion is withdrawn.
MOST_OTHERS = 5_000
#: What an indicator is sure of that does not say it.
_CONFIDENCE = 0.7


def state_received(
    collection: Collection,
    objects: Sequence[Mapping[str, Any]],
    before: Mapping[str, LastVersion],
    source: Organization,
    at: datetime,
) -> Counter[str]:
    """Give the opinions that new objects of a source state; return how many were used, or not for which reason.

    `before` are the last versions in the collection before these objects were added. The owner of the collection states
    nothing this way: its people do.
    """
    outcomes: Counter[str] = Counter()
    if source.pk == collection.owner_id:
        return outcomes
    standing = [entry for entry in objects if entry.get("revoked") is not True]
    receipt = OpinionReceipt(source, collection.owner, collection.title_zh, collection.ref)
    drafts: dict[tuple[CanonicalValue, str, str, str], OpinionDraft] = {}
    for value, draft in _read_statements(collection, standing, at, outcomes):
        drafts[(value, draft.direction, draft.service, draft.ingress)] = draft
    earlier = [before[entry["id"]].body for entry in objects if entry["id"] in before]
    gone = _find_values(collection, earlier) - {value for value, *_ in drafts}
    gone -= _find_other_values(collection, source.pk, {entry["id"] for entry in objects}) if gone else set()
    if gone:
        pks = get_or_create_subjects([(value, at, None) for value in sorted(gone)], at)
        ids = find_received_opinions(pks, source, receipt.ref)
        outcomes[WITHDRAWN] += withdraw_received(ids, "no longer stated in the collection", source, at) if ids else 0
    victims = find_victims({value.thing for value, *_ in drafts}).only if drafts else frozenset()
    for key in [key for key, draft in drafts.items() if key[0].thing in victims and draft.level is not Level.CLEAR]:
        del drafts[key]
        outcomes[UnusedReason.VICTIM] += 1
    pks = get_or_create_subjects([(value, at, None) for value, *_ in drafts], at)
    opinions = [ReceivedOpinion(pk, draft) for pk, draft in zip(pks, drafts.values(), strict=True)]
    receive_opinions(opinions, receipt, at)
    outcomes[USED] += len(opinions)
    return +outcomes


def _read_statements(
    collection: Collection, objects: Sequence[Mapping[str, Any]], at: datetime, outcomes: Counter[str]
) -> list[tuple[CanonicalValue, OpinionDraft]]:
    """Return the subjects and opinions of indicators and of opinions on them; count what is not used."""
    content = read_objects(objects)
    verdicts, reactions = content.verdicts, content.reactions
    refs = {ref for reaction in reactions for ref in reaction.about}
    stated = _find_stated(collection, refs, objects) if refs else {}
    found = []
    for verdict in verdicts:
        if verdict.level is Level.CLEAR:
            outcomes[UnusedReason.BENIGN] += 1
            continue
        score = _CONFIDENCE if verdict.score is None else verdict.score
        found.append((verdict, _draft(collection, verdict, verdict.level, score, verdict.reason)))
    for reaction in reactions:
        for verdict in (verdict for ref in reaction.about for verdict in stated.get(ref, ())):
            found.append((verdict, _draft_reaction(collection, verdict, reaction)))
        if not any(ref in stated for ref in reaction.about):
            outcomes[UnusedReason.STRANGER] += 1
    checked = []
    for verdict, draft in found:
        value = _check(collection, verdict, draft, at)
        if isinstance(value, CanonicalValue):
            checked.append((value, draft))
        else:
            outcomes[value] += 1
    return checked


def _find_values(collection: Collection, bodies: Sequence[Mapping[str, Any]]) -> set[CanonicalValue]:
    """Return the subjects of indicators, and of indicators in opinions, including those that are protected now."""
    content = read_objects(bodies)
    refs = {ref for reaction in content.reactions for ref in reaction.about}
    verdicts = list(content.verdicts)
    verdicts += [verdict for stated in _find_stated(collection, refs, bodies).values() for verdict in stated]
    values = set()
    for verdict in verdicts:
        with suppress(Malformed):
            values.add(canonicalize(verdict.subject_kind, verdict.subject))
    return values


def _find_other_values(collection: Collection, source_pk: int, left_out: AnyOf[str]) -> set[CanonicalValue]:
    """Return the subjects of the other standing objects of a source, the latest ones if it has very many."""
    bodies = find_bodies_of(collection, source_pk, MOST_OTHERS)
    return _find_values(collection, [body for body in bodies if body.get("id") not in left_out])


def _find_stated(
    collection: Collection, refs: AnyOf[str], objects: Iterable[Mapping[str, Any]]
) -> dict[str, list[ReceivedVerdict]]:
    """Return what the objects of the collection, and of the same request, state about which an opinion is given."""
    bodies = {ref: version.body for ref, version in find_last_versions(collection, refs).items()}
    bodies |= {str(entry.get("id")): entry for entry in objects if entry.get("id") in refs}
    return {ref: verdicts for ref, body in bodies.items() if (verdicts := read_objects([body]).verdicts)}


def _check(
    collection: Collection, verdict: ReceivedVerdict, draft: OpinionDraft, at: datetime
) -> CanonicalValue | UnusedReason:
    if not is_exchanged(verdict.subject_kind):
        return UnusedReason.KIND
    if verdict.simulated and not collection.owner.simulated:
        return UnusedReason.SIMULATED
    try:
        value = canonicalize(verdict.subject_kind, verdict.subject)
    except Malformed:
        return UnusedReason.VALUE
    if draft.level is not Level.CLEAR and is_protected(value.kind, value.value):
        return UnusedReason.PROTECTED
    return value if draft.until is None or draft.until > at else UnusedReason.EXPIRED


def _draft_reaction(collection: Collection, verdict: ReceivedVerdict, reaction: ReceivedReaction) -> OpinionDraft:
    level = verdict.level if reaction.level is None else reaction.level
    return _draft(collection, verdict, level, reaction.confidence, reaction.explanation, reaction.marking)


def _draft(
    collection: Collection,
    verdict: ReceivedVerdict,
    level: Level,
    score: float,
    reason: str,
    marking: Marking | None = None,
) -> OpinionDraft:
    stated = mask_numbers(reason)
    return OpinionDraft(
        level,
        score,
        verdict.fraud_type if level is not Level.CLEAR else "",
        None if verdict.valid_until is None else from_ms(verdict.valid_until),
        verdict.direction,
        verdict.service,
        verdict.ingress,
        Words(
            f"添加至集合“{collection.title_zh}”：{stated}"[:500],
            f"added to the collection “{collection.title_en}”: {stated}"[:500],
        ),
        marking or verdict.marking or Marking(collection.ceiling),
        verdict.simulated,
    )
