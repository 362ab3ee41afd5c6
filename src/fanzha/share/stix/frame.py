"""What all STIX objects have: id, times and marking; read with the reason for which an object is not used."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from fanzha.base.clock import EARLIEST_MS, LATEST_MS, to_ms
from fanzha.base.marking import Marking
from fanzha.share.items import RejectReason
from fanzha.share.stix.markings import read_marking


class RejectedObject(Exception):
    """Raised for an object that is not used; `reason` says why."""

    def __init__(self, reason: RejectReason) -> None:
        super().__init__(reason)
        self.reason = reason


class ObjectFrame(NamedTuple):
    """What all objects have: id, times (UTC ms), marking, and whether the object is revoked."""

    object_id: str
    created_at: int
    modified_at: int
    marking: Marking | None
    is_withdrawn: bool


def read_frame(entry: Mapping[str, Any]) -> ObjectFrame:
    """Return id, times and marking of an object. Raise RejectedObject, or what Python raises for other forms."""
    refs = [ref for ref in entry.get("object_marking_refs") or () if isinstance(ref, str)]
    marking = read_marking(refs)
    if marking is Marking.RED:
        raise RejectedObject(RejectReason.MARKING)
    object_id = entry["id"]
    if not isinstance(object_id, str) or not 10 < len(object_id) <= 100 or not object_id.isprintable():
        raise RejectedObject(RejectReason.UNREADABLE)
    created_at, modified_at = read_moment(entry["created"]), read_moment(entry["modified"])
    return ObjectFrame(object_id, created_at, modified_at, marking, entry.get("revoked") is True)


def read_text(value: Any, length: int) -> str:
    """Return a text cut to a length, without NUL, which PostgreSQL does not store."""
    return str(value or "").replace("\0", "")[:length]


def read_moment(text: Any) -> int:
    """Return a timestamp in UTC ms. Raise RejectedObject for an impossible one, ValueError for none."""
    moment = datetime.fromisoformat(text)
    ms = to_ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    if not EARLIEST_MS <= ms <= LATEST_MS:
        raise RejectedObject(RejectReason.TIMES)
    return ms
