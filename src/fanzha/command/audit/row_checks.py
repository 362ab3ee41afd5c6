"""Compare the rows that pages show with the entries of the log that recorded them.

An app with such rows has a module `log_checks` with `check_rows(check)`. It reads its rows in chunks, compares them
with the entries, and reports changed, missing and additional rows, and what it could not compare.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.command.audit.encryption import UndecryptableValue, unseal
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.sealed_values import ERASED, KeyCache, encrypted_fields
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.discovery import app_modules
from fanzha.command.web.scoping import unscoped
from fanzha.processes.log.entry import decode_commitments, split_sequence_number
from fanzha.processes.log.verification import LogFault

_UNSCOPED = unscoped("rows are compared with the entries of all organisations")

#: An entry of this kind names what was deleted after its period or on request (`about`), so that it is not missing.
ROWS_DELETED = "rows_deleted"

#: Columns of `entries_about`; facts and personal are JSON.
ENTRY_COLUMNS = ("place", "kind", "at", "actor", "organisation", "process", "about", "facts", "personal")


class RowCheck:
    """The state of one comparison: faults, counts of compared rows, and counts of what could not be compared."""

    def __init__(self, max_faults: int, progress: Callable[[Words, int], None] | None = None) -> None:
        self.faults: list[LogFault] = []
        self.unchecked: Counter[Words] = Counter()
        self.compared: Counter[Words] = Counter()
        self._max_faults, self._progress, self._keys = max_faults, progress, KeyCache()

    @property
    def is_full(self) -> bool:
        """Return whether the maximum number of faults was reached; the comparison then stops."""
        return len(self.faults) >= self._max_faults

    def report(self, place: int | None, message: Words) -> None:
        """Report a fault of a row that an entry recorded, or of a row without an entry (`place` None)."""
        batch, position = split_sequence_number(place) if place is not None else (0, None)
        self.faults.append(LogFault(batch, position, message))

    def advance(self, rows: Words, number: int) -> None:
        """Count compared rows of a kind, and show the progress."""
        self.compared[rows] += number
        if self._progress is not None:
            self._progress(rows, self.compared[rows])

    def personal_values(self, places: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return the personal values of entries by place and name. Values under destroyed keys are missing."""
        values: dict[int, dict[str, Any]] = {}
        for field in encrypted_fields(places):
            try:
                key = self._keys.get(field).key
                if key is None:
                    continue
                secret = unseal(bytes(field.sealed), field.entry, field.name, field.person, key)
            except UndecryptableValue:
                continue  # the verification of sealed values reports it
            values.setdefault(field.entry, {})[field.name] = msgspec.json.decode(secret.value)
        return values


def check_all_rows(check: RowCheck) -> None:
    """Compare the rows of all apps."""
    for module in app_modules("log_checks"):
        if not check.is_full:
            module.check_rows(check)


def entries_of(column: str, refs: Collection[str], kinds: Collection[str]) -> list[tuple[Any, ...]]:
    """Return the entries (`ENTRY_COLUMNS`) of some kinds whose `process` or `about` is one of some refs, in order."""
    rows = _UNSCOPED.rows(LogEntry).filter(**{f"{column}__in": in_list(sorted(refs), "text")}, kind__in=kinds)
    return list(rows.exclude(**{column: ""}).order_by("place").values_list(*ENTRY_COLUMNS))


def erasures(persons: Collection[str]) -> Mapping[str, int]:
    """Return the place of the last recorded erasure of each person (opaque id)."""
    return {entry[6]: entry[0] for entry in entries_of("about", persons, (ERASED,))}


def deletions(refs: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return the reference and the facts of each recorded deletion about some refs."""
    return [(entry[6], decode_facts(entry[7])) for entry in entries_of("about", refs, (ROWS_DELETED,))]


def decode_commitment_names(personal: str) -> frozenset[str]:
    """Return the names of the personal fields of an entry; none if they are invalid, which is reported elsewhere."""
    try:
        return frozenset(decode_commitments(personal.encode()))
    except (msgspec.DecodeError, UnicodeEncodeError):
        return frozenset()


def decode_facts(facts: str) -> dict[str, Any]:
    """Return the facts of an entry; empty if they are invalid, which the verification of the entry reports."""
    try:
        return msgspec.json.decode(facts, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return {}
