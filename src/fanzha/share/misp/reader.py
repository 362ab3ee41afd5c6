"""Read a feed of MISP: its manifest, and the attributes of an event as statements."""

import re
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, moment_ms
from fanzha.base.errors import Malformed
from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.claims.verdict import Level
from fanzha.kinds import all_kinds
from fanzha.share.items import FeedContent, ReceivedVerdict, RejectReason

#: Attribute types of MISP that name a file or link in more detail than we use, and what of them counts.
_COMPOSITES = {"domain|ip": ("domain", 0), "filename|sha256": ("sha256", 1), "ip-dst|port": ("ip-dst", 0)}
_TAG = re.compile(r'fanzha:([a-z-]{1,20})="([^"]{0,300})"')
_TLP = {marking.value.lower(): marking for marking in Marking} | {"tlp:white": Marking.CLEAR}
_MAX_TEXT = 500


class FeedEvent(NamedTuple):
    """An event that a manifest names; `timestamp` is in seconds, as MISP writes it."""

    event_id: str
    timestamp: int

    @property
    def file_name(self) -> str:
        """Return the name of its file."""
        return f"{self.event_id}.json"


def read_manifest(manifest: Any) -> list[FeedEvent]:
    """Return the events of a manifest, the oldest first, without entries that have no UUID: names become addresses."""
    if not isinstance(manifest, dict):
        raise Malformed("a manifest of MISP is a JSON object")
    events = []
    for name, entry in manifest.items():
        try:
            events.append(FeedEvent(str(uuid.UUID(name)), int(entry["timestamp"])))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return sorted(events, key=lambda event: (event.timestamp, event.event_id))


def read_event(document: Any) -> FeedContent:
    """Read the attributes of an event, also those of its objects."""
    event = document.get("Event") if isinstance(document, dict) else None
    if not isinstance(event, dict):
        return FeedContent(rejected={RejectReason.UNREADABLE: 1})
    rejected: Counter[RejectReason] = Counter()
    verdicts = []
    try:
        event_tags, attributes = _tag_names(event), list(_attributes(event))
    except (AttributeError, KeyError, TypeError):
        return FeedContent(rejected={RejectReason.UNREADABLE: 1})
    for attribute in attributes:
        try:
            verdicts.append(_read_attribute(attribute, event, event_tags))
        except Malformed:
            rejected[RejectReason.VALUE] += 1
        except LookupError as error:
            rejected[error.args[0] if isinstance(error.args[0], RejectReason) else RejectReason.UNREADABLE] += 1
        except (AttributeError, TypeError, ValueError, OverflowError):
            rejected[RejectReason.UNREADABLE] += 1
    return FeedContent(verdicts, [], dict(rejected))


def _attributes(event: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from event.get("Attribute") or ()
    for one in event.get("Object") or ():
        yield from one.get("Attribute") or ()


def _read_attribute(attribute: Mapping[str, Any], event: Mapping[str, Any], event_tags: list[str]) -> ReceivedVerdict:
    tags = [*_tag_names(attribute), *event_tags]
    facts = dict(reversed([(found[1], found[2]) for tag in tags if (found := _TAG.fullmatch(tag))]))
    marking = _marking(tags)
    if marking is Marking.RED:
        raise LookupError(RejectReason.MARKING)
    kind, value = _subject(str(attribute["type"]), str(attribute["value"]), facts.get("kind", ""))
    modified_at = _seconds(attribute.get("timestamp") or event["timestamp"])
    first_seen = attribute.get("first_seen")
    score = facts.get("score", "")
    level = facts.get("level", "")
    is_detected = bool(attribute.get("to_ids"))
    return ReceivedVerdict(
        object_id=f"attribute--{uuid.UUID(str(attribute['uuid']))}",
        subject_kind=kind,
        subject=value,
        level=Level(level) if level in set(Level) else Level.SUSPECTED if is_detected else Level.WATCH,
        score=min(int(score), 100) / 100 if score.isascii() and score.isdigit() else None,
        created_at=modified_at,
        modified_at=modified_at,
        valid_from=min(moment_ms(str(first_seen)), modified_at) if first_seen else modified_at,
        marking=marking,
        fraud_type=facts["fraud-type"] if facts.get("fraud-type") in FRAUD_TYPES else "",
        licence=facts.get("licence", ""),
        reason=str(attribute.get("comment") or event.get("info") or "").replace("\0", "")[:_MAX_TEXT],
        is_withdrawn=bool(attribute.get("deleted")),
        simulated="fanzha:simulated" in tags,
    )


def _subject(type_: str, value: str, preferred_kind: str) -> tuple[str, str]:
    """Return kind and canonical value; `text` alone says nothing of what it is."""
    if composite := _COMPOSITES.get(type_):
        type_, value = composite[0], value.split("|")[composite[1]]
    if preferred := all_kinds().get(preferred_kind):
        return preferred_kind, preferred.normalise(preferred.read_misp_attribute(type_, value) or value)
    kinds = all_kinds().values() if type_ != "text" else ()
    for kind in kinds:
        if raw := kind.read_misp_attribute(type_, value):
            return kind.name, kind.normalise(raw)
    raise LookupError(RejectReason.UNUSED_TYPE)


def _tag_names(one: Mapping[str, Any]) -> list[str]:
    return [str(tag["name"])[:400] for tag in (one.get("Tag") or ())[:100] if isinstance(tag, dict) and "name" in tag]


def _marking(tags: Iterable[str]) -> Marking | None:
    found = [_TLP[tag.lower()] for tag in tags if tag.lower() in _TLP]
    return min(found, key=lambda marking: STRICTNESS[marking.value], default=None)


def _seconds(value: Any) -> int:
    ms = int(value) * 1_000
    if not EARLIEST_MS <= ms <= LATEST_MS:
        raise LookupError(RejectReason.TIMES)
    return ms
