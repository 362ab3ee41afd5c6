"""Read STIX 2.1 objects of others as statements. Objects that cannot be read are counted by reason."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fanzha.base.errors import Malformed
from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.claims.verdict import Level
from fanzha.kinds import all_kinds
from fanzha.share.items import FeedContent, ReceivedCampaign, ReceivedVerdict, RejectReason
from fanzha.share.opinions import ReceivedReaction
from fanzha.share.stix.extensions import VERDICT_EXTENSION
from fanzha.share.stix.frame import RejectedObject, read_frame, read_moment, read_text
from fanzha.share.stix.markings import read_licences
from fanzha.share.stix.opinion_reader import read_opinion
from fanzha.share.stix.patterns import parse_pattern

_LEVELS = {
    "malicious-activity": Level.SUSPECTED,
    "compromised": Level.SUSPECTED,
    "anonymization": Level.WATCH,
    "anomalous-activity": Level.WATCH,
    "benign": Level.CLEAR,
}
#: Types that say something about others' objects and are read with them, not by themselves.
_SILENT = frozenset({"marking-definition", "relationship", "identity", "extension-definition", "language-content"})
_MAX_TEXT = 500


def read_objects(objects: Iterable[Any]) -> FeedContent:
    """Read the objects of a bundle or of an envelope of TAXII."""
    known = [entry for entry in objects if isinstance(entry, dict)]
    rejected: Counter[RejectReason] = Counter()
    verdicts: list[ReceivedVerdict] = []
    campaigns: list[ReceivedCampaign] = []
    reactions: list[ReceivedReaction] = []
    ties, licences = _ties(known), read_licences(_with_ids(known))
    for entry in known:
        try:
            if entry.get("type") == "indicator":
                verdicts += _read_indicator(entry, ties, licences)
            elif entry.get("type") == "campaign":
                campaigns.append(_read_campaign(entry))
            elif entry.get("type") == "opinion":
                reactions.append(read_opinion(entry))
            elif entry.get("type") not in _SILENT:
                rejected[RejectReason.UNUSED_TYPE] += 1
        except RejectedObject as refused:
            rejected[refused.reason] += 1
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            rejected[RejectReason.UNREADABLE] += 1
    return FeedContent(verdicts, campaigns, dict(rejected), reactions)


def _with_ids(objects: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (entry for entry in objects if isinstance(entry.get("id"), str))


def _ties(objects: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the campaigns of indicators by the relationships among some objects."""
    ties: dict[str, list[str]] = defaultdict(list)
    for entry in objects:
        source, target = entry.get("source_ref"), entry.get("target_ref")
        if entry.get("relationship_type") == "indicates" and isinstance(source, str) and isinstance(target, str):
            ties[source].append(target)
    return ties


def _read_campaign(entry: Mapping[str, Any]) -> ReceivedCampaign:
    frame = read_frame(entry)
    title = read_text(entry["name"], _MAX_TEXT)
    return ReceivedCampaign(
        object_id=frame.object_id,
        title=title,
        modified_at=frame.modified_at,
        marking=frame.marking,
        is_withdrawn=frame.is_withdrawn,
    )


def _read_indicator(
    entry: Mapping[str, Any], ties: Mapping[str, list[str]], licences: Mapping[str, str]
) -> list[ReceivedVerdict]:
    frame = read_frame(entry)
    subjects = list(_read_subjects(entry)) if not frame.is_withdrawn else [("", "")]
    valid_from = read_moment(entry.get("valid_from") or entry["created"])
    until = entry.get("valid_until")
    valid_until = None if until is None else read_moment(until)
    if valid_until is not None and valid_until <= valid_from:
        raise RejectedObject(RejectReason.TIMES)
    facts = (entry.get("extensions") or {}).get(VERDICT_EXTENSION) or {}
    level = _read_level(entry, facts)
    labels = [facts.get("fraud_type"), *(entry.get("labels") or ())]
    licence = next((licences[ref] for ref in entry.get("object_marking_refs") or () if ref in licences), "")
    scope = {name: read_text(facts.get(name), 30) for name in ("direction", "service", "ingress")}
    return [
        ReceivedVerdict(
            object_id=frame.object_id,
            subject_kind=kind,
            subject=value,
            level=level,
            score=_read_confidence(entry.get("confidence")),
            created_at=frame.created_at,
            modified_at=frame.modified_at,
            valid_from=valid_from,
            valid_until=valid_until,
            marking=frame.marking,
            licence=read_text(licence, _MAX_TEXT),
            fraud_type=next((label for label in labels if label in FRAUD_TYPES), ""),
            reason=read_text(entry.get("description") or entry.get("name"), _MAX_TEXT),
            campaigns=tuple(ties.get(frame.object_id, ()))[:20],
            is_withdrawn=frame.is_withdrawn,
            simulated=facts.get("simulated") is True,
            **scope,
        )
        for kind, value in subjects
    ]


def _read_subjects(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield kind and canonical value of each subject that an indicator names."""
    if entry.get("pattern_type", "stix") != "stix":
        raise RejectedObject(RejectReason.PATTERN)
    alternatives = parse_pattern(str(entry["pattern"]))
    if not alternatives:
        raise RejectedObject(RejectReason.PATTERN)
    facts = (entry.get("extensions") or {}).get(VERDICT_EXTENSION) or {}
    for terms in alternatives:
        yield read_terms(terms, str(facts.get("subject_kind") or ""))


def read_terms(terms: Mapping[str, str], preferred_kind: str = "") -> tuple[str, str]:
    """Return kind and canonical value of what a pattern says, of the preferred kind if it fits.

    A pattern with further terms, as the name of a file beside its hash, says less than its value alone and is not used.
    """
    names = sorted(all_kinds(), key=lambda name: (name != preferred_kind, name == "website", name))
    is_foreign = False
    for name in names:
        kind = all_kinds()[name]
        if raw := kind.read_stix_terms(terms):
            try:
                return name, kind.normalise(raw)
            except Malformed:
                is_foreign = True
    raise RejectedObject(RejectReason.VALUE if is_foreign else RejectReason.PATTERN)


def _read_level(entry: Mapping[str, Any], facts: Mapping[str, Any]) -> Level:
    if facts.get("level") in set(Level):
        return Level(facts["level"])
    levels = [_LEVELS[type_] for type_ in entry.get("indicator_types") or () if type_ in _LEVELS]
    return max(levels, key=list(Level).index, default=Level.SUSPECTED)


def _read_confidence(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise RejectedObject(RejectReason.UNREADABLE)
    return value / 100
