"""Get, create and lock subject rows; a re-issued number is one subject per holder period."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from fanzha.base.clock import from_ms
from fanzha.base.ids import sortable_id
from fanzha.command.subjects.canonical import CanonicalValue
from fanzha.command.subjects.ingest.parser import ParsedFinding
from fanzha.command.subjects.models import Subject
from fanzha.command.web.database import bulk
from fanzha.command.web.database.bulk import column_in, fetch_rows
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("a subject is one row for all organisations")

_COLUMNS = ("ref", "kind", "value", "holder_from", "shown", "thing", "identity", "created_at")


def get_or_create_finding_subjects(findings: Sequence[ParsedFinding], at: datetime) -> list[int]:
    """Return the primary key of each finding's subject."""
    values = [
        (
            parsed.subject,
            from_ms(parsed.finding.found_at),
            None if parsed.finding.holder_from is None else from_ms(parsed.finding.holder_from),
        )
        for parsed in findings
    ]
    return get_or_create_subjects(values, at)


def get_or_create_subjects(
    requests: Sequence[tuple[CanonicalValue, datetime, datetime | None]], at: datetime
) -> list[int]:
    """Return the primary key of each request: a value, a time, and the start of the holder period.

    Where the start is None, the latest holder period that begins before the time is used."""
    digests = {value: value.thing for value, _, _ in requests}
    keys, holders = _existing_subjects(set(digests.values()))
    identities = []
    new: dict[str, tuple[Any, ...]] = {}
    for value, moment, holder in requests:
        holder = holder or _holder_at(holders.get(digests[value], ()), moment)
        identity = value.identity(holder)
        identities.append(identity)
        if identity not in keys and identity not in new:
            row = (sortable_id(), value.kind, value.value, holder, value.shown, digests[value], identity, at)
            new[identity] = row
    if new:
        missing = [row for _, row in sorted(new.items())]
        inserted = bulk.insert(
            Subject, _COLUMNS, missing, conflict="(identity) DO NOTHING", returning=("identity", "id")
        )
        keys |= dict(inserted)
        if len(inserted) < len(missing):  # a concurrent transaction inserted one
            keys |= _existing_subjects({row[5] for row in missing})[0]
    return [keys[identity] for identity in identities]


def get_or_create_subject(value: CanonicalValue, at: datetime) -> Subject:
    """Return the current subject of a value; create it if it is new."""
    ((key),) = get_or_create_subjects([(value, at, None)], at)
    return _UNSCOPED.rows(Subject).get(pk=key)


def _holder_at(holders: Sequence[datetime], moment: datetime) -> datetime | None:
    return max((holder_from for holder_from in holders if holder_from <= moment), default=None)


def _existing_subjects(digests: Collection[str]) -> tuple[dict[str, int], dict[str, list[datetime]]]:
    """Return subject keys by identity, and the starts of holder periods by value digest."""
    rows = _UNSCOPED.rows(Subject).filter(bulk.column_in("thing", digests, "text")).order_by()
    keys: dict[str, int] = {}
    holders: dict[str, list[datetime]] = {}
    for identity, key, digest, holder in bulk.fetch_rows(rows.values_list("identity", "id", "thing", "holder_from")):
        keys[identity] = key
        if holder is not None:
            holders.setdefault(digest, []).append(holder)
    return keys, holders


def lock_subjects(subject_pks: Iterable[int]) -> None:
    """Lock subjects until the transaction ends, in one order to avoid deadlocks.

    Lock before any other write about them, so that no two transactions write the same verdict. SQLite locks the whole
    database anyway."""
    if connection.features.has_select_for_update:
        rows = _UNSCOPED.rows(Subject).select_for_update(no_key=True).filter(column_in("id", set(subject_pks)))
        fetch_rows(rows.order_by("pk").values_list("pk"))
