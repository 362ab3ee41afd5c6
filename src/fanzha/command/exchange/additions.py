"""Take objects that a reader adds to a collection: they are kept as they came, for the other readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fanzha.base.clock import to_ms
from fanzha.base.marking import STRICTNESS, Marking
from fanzha.command.audit.services import recorded
from fanzha.command.exchange.models import AdditionStatus, Collection
from fanzha.command.exchange.object_store import EncodedObject, add_objects, encode_object, lock_collection
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import Draft
from fanzha.share.stix.markings import read_marking

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("additions to a collection whose access was checked before")

_MAX_BODY = 262_144


def add_received(
    collection: Collection, objects: Sequence[Mapping[str, Any]], source: Organization, actor: str, at: datetime
) -> AdditionStatus:
    """Add objects of an organisation to a collection and return the status of each (TAXII 2.1 §4.3)."""
    encoded: list[EncodedObject] = []
    successes: list[dict[str, str]] = []
    failures: list[dict[str, str]] = []
    for one in objects:
        detail = {
            "id": str(one.get("id", ""))[:120],
            "version": str(one.get("modified") or one.get("created") or "")[:40],
        }
        try:
            encoded.append(_encode(one, Marking(collection.ceiling)))
            successes.append(detail)
        except ValueError as refused:
            failures.append(detail | {"message": str(refused)[:200]})
    with recorded() as log:
        locked = lock_collection(collection.pk)
        added = add_objects(locked, encoded, source, at)
        facts = {"added": added, "refused": len(failures), "source": source.ref}
        log.add(Draft("objects_received", to_ms(at), actor, source.ref, about=collection.ref, facts=facts))
        return _UNSCOPED.rows(AdditionStatus).create(
            owner=source, collection=collection, requested_at=at, successes=successes, failures=failures
        )


def _encode(one: Mapping[str, Any], ceiling: Marking) -> EncodedObject:
    """Return an object encoded. Raise ValueError with the reason if it is not taken."""
    stix_id, type_ = one.get("id"), one.get("type")
    if not isinstance(stix_id, str) or not isinstance(type_, str) or not 3 <= len(type_) <= 60:
        raise ValueError("an object has a type and an id")
    if not stix_id.startswith(f"{type_}--") or len(stix_id) > 110 or not stix_id.isprintable():
        raise ValueError("the id of an object is its type, two hyphens and a UUID")
    if one.get("spec_version", "2.1") != "2.1":
        raise ValueError("only STIX 2.1 is taken")
    refs = one.get("object_marking_refs") or ()
    marking = read_marking(ref for ref in refs if isinstance(ref, str)) if isinstance(refs, list) else None
    if marking is Marking.RED:
        raise ValueError("TLP:RED is not passed on")
    if marking is not None and STRICTNESS[marking.value] < STRICTNESS[ceiling.value]:
        raise ValueError(f"the collection takes nothing stricter than {ceiling.value}")
    try:
        encoded = encode_object(one, marking or ceiling)
    except (ValueError, TypeError, OverflowError):
        raise ValueError("modified and created are timestamps") from None
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
