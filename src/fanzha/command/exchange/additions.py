"""Receive objects that a reader adds to a collection: they are stored unchanged, and state opinions of the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import EARLIEST_MS, to_ms
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.models import AdditionStatus, Collection, CollectionReader
from fanzha.command.exchange.object_store import (
    EncodedObject,
    LastVersion,
    add_objects,
    encode_object,
    find_last_versions,
    lock_collection,
)
from fanzha.command.exchange.received_statements import state_received
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.stix.markings import read_marking

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("additions to a collection whose access was checked before")

#: How far a clock of others may be ahead.
_MAX_AHEAD = timedelta(days=1)
_MAX_BODY = 262_144


def add_received(
    collection: Collection, objects: Sequence[Mapping[str, Any]], source: Organization, actor: str, at: datetime
) -> AdditionStatus:
    """Add objects of an organisation to a collection and return the status of each (TAXII 2.1 §4.3).

    They pass no gate to another country, so readers at home cannot add to a collection for abroad.
    """
    is_closed = collection.is_abroad and not _is_foreign(collection, source)
    encoded: list[tuple[EncodedObject, dict[str, str]]] = []
    failures: list[dict[str, str]] = []
    for entry in objects:
        detail = {
            "id": str(entry.get("id", "")).replace("\0", "")[:120],
            "version": str(entry.get("modified") or entry.get("created") or "").replace("\0", "")[:40],
        }
        try:
            if is_closed:
                raise ValueError("nothing is added to a collection for another country")
            encoded.append((_encode(entry, Marking(collection.ceiling), at), detail))
        except ValueError as refused:
            failures.append(detail | {"message": str(refused)[:200]})
    with recorded() as log:
        locked = lock_collection(collection.pk)
        last = find_last_versions(locked, (found.stix_id for found, _ in encoded))
        others = {
            found.stix_id
            for found, _ in encoded
            if (before := last.get(found.stix_id)) is not None
            and before.source_pk != source.pk
            and found.version_at > before.version_at
        }
        foreign = [detail for found, detail in encoded if found.stix_id in others]
        failures += [detail | {"message": "another organisation added the object of this id"} for detail in foreign]
        successes = [detail for found, detail in encoded if found.stix_id not in others]
        added = add_objects(locked, [found for found, _ in encoded if found.stix_id not in others], source, at)
        accepted = {detail["id"] for detail in successes}
        new = [entry for entry in objects if entry.get("id") in accepted and _is_new(entry, last)]
        outcomes = state_received(locked, new, last, source, at) if added else {}
        facts = {"added": added, "refused": len(failures), "source": source.ref, "opinions": dict(outcomes)}
        log.add(Draft("objects_received", to_ms(at), actor, source.ref, about=collection.ref, facts=facts))
        return _UNSCOPED.rows(AdditionStatus).create(
            owner=source, collection=collection, requested_at=at, successes=successes, failures=failures
        )


def _is_new(entry: Mapping[str, Any], last: Mapping[str, LastVersion]) -> bool:
    """Return whether an object is a new version; what was received before states nothing again."""
    before = last.get(str(entry.get("id")))
    return before is None or encode_object(entry, Marking.AMBER).version_at > before.version_at


def _is_foreign(collection: Collection, source: Organization) -> bool:
    """Return whether a reader of a collection is in another country."""
    readers = _UNSCOPED.rows(CollectionReader).filter(collection=collection, reader=source, ended_at=None)
    return readers.exclude(country="").exists()


def _encode(entry: Mapping[str, Any], ceiling: Marking, at: datetime) -> EncodedObject:
    """Return an object encoded. Raise ValueError with the reason if it is not taken."""
    stix_id, type_ = entry.get("id"), entry.get("type")
    if not isinstance(stix_id, str) or not isinstance(type_, str) or not 3 <= len(type_) <= 60:
        raise ValueError("an object has a type and an id")
    if not stix_id.startswith(f"{type_}--") or len(stix_id) > 110 or not stix_id.isprintable():
        raise ValueError("the id of an object is its type, two hyphens and a UUID")
    if entry.get("spec_version", "2.1") != "2.1":
        raise ValueError("only STIX 2.1 is taken")
    refs = entry.get("object_marking_refs") or ()
    marking = read_marking(ref for ref in refs if isinstance(ref, str)) if isinstance(refs, list) else None
    if marking is Marking.RED:
        raise ValueError("TLP:RED is not passed on")
    if marking is not None and STRICTNESS[marking.value] < STRICTNESS[ceiling.value]:
        raise ValueError(f"the collection takes nothing stricter than {ceiling.value}")
    try:
        encoded = encode_object(entry, marking or ceiling)
    except (ValueError, TypeError, OverflowError):
        raise ValueError("modified and created are timestamps") from None
    has_version = bool(entry.get("modified") or entry.get("created"))
    if has_version and not EARLIEST_MS <= encoded.version_at // 1_000 <= to_ms(at + _MAX_AHEAD):
        raise ValueError("modified and created are no times of the future or of long ago")
    if len(encoded.body) > _MAX_BODY:
        raise ValueError(f"an object has at most {_MAX_BODY} bytes")
    return encoded


def to_taxii(status: AdditionStatus) -> dict[str, Any]:
    """Return a status as TAXII writes it."""
    return {
        "id": str(status.ref),
        "status": "complete",
        "request_timestamp": status.requested_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "total_count": len(status.successes) + len(status.failures),
        "success_count": len(status.successes),
        "successes": status.successes,
        "failure_count": len(status.failures),
        "failures": status.failures,
        "pending_count": 0,
    }
