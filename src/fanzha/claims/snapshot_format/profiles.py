"""Distinct entries as rows of integers for kernels; millions of subjects share a few thousand profiles."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot_entry import HOUR_MS, SnapshotEntry
from fanzha.claims.snapshot_format.container import SnapshotFile
from fanzha.claims.treatment import TREATMENTS
from fanzha.claims.verdict import CASES, DIRECTIONS, FOREVER, INGRESSES, LEVELS, SERVICES

#: Columns of a row. Codes are indices in the tuples of the same name; fraud type and organisation are indices in the
#: separate list of words; UNTIL is UTC ms, exclusive; ALSO is the row of the subject's next scope, 0 for none.
LEVEL, TREATMENT, FRAUD_TYPE, UNTIL, DIRECTION, SERVICE, INGRESS, CASE, ORGANIZATION, SIMULATED, ALSO = range(11)
WIDTH = 11
_WORDS = (FRAUD_TYPE, ORGANIZATION)

Rows = NDArray[np.int64]


class Profiles:
    """Assigns a row to each distinct entry in order of first use; row 0 is reserved for "not listed"."""

    def __init__(self) -> None:
        """Start with the reserved row 0."""
        self._rows: dict[tuple[int, ...], int] = {(0,) * WIDTH: 0}
        self._known: dict[SnapshotEntry, int] = {}
        self.words: dict[str, int] = {"": 0}

    def add(self, entry: SnapshotEntry) -> int:
        """Return the row of an entry, including its further scopes; times are rounded down to the hour."""
        row = self._known.get(entry)
        if row is None:
            row = self._known[entry] = self._rows.setdefault(self._row(entry), len(self._rows))
        return row

    def _row(self, entry: SnapshotEntry) -> tuple[int, ...]:
        also = self.add(entry.next_scope) if entry.next_scope is not None else 0
        return (
            LEVELS.index(entry.level),
            TREATMENTS.index(entry.treatment),
            self._word(entry.fraud_type),
            entry.until if entry.until == FOREVER else entry.until // HOUR_MS * HOUR_MS,
            DIRECTIONS.index(entry.direction),
            SERVICES.index(entry.service),
            INGRESSES.index(entry.ingress),
            CASES.index(entry.case),
            self._word(entry.organization),
            int(entry.simulated),
            also,
        )

    def _word(self, text: str) -> int:
        return self.words.setdefault(text, len(self.words))

    @property
    def rows(self) -> Rows:
        """The rows as an array [rows, WIDTH]."""
        return np.array(list(self._rows), np.int64).reshape(len(self._rows), WIDTH)


def decode_entry(rows: Rows, words: Sequence[str], row: int) -> SnapshotEntry:
    """Decode a row to an entry, including its further scopes."""
    cells: list[int] = rows[row].tolist()
    return SnapshotEntry(
        LEVELS[cells[LEVEL]],
        TREATMENTS[cells[TREATMENT]],
        words[cells[FRAUD_TYPE]],
        cells[UNTIL],
        DIRECTIONS[cells[DIRECTION]],
        SERVICES[cells[SERVICE]],
        INGRESSES[cells[INGRESS]],
        CASES[cells[CASE]],
        words[cells[ORGANIZATION]],
        bool(cells[SIMULATED]),
        decode_entry(rows, words, cells[ALSO]) if cells[ALSO] else None,
    )


class SortedProfiles(NamedTuple):
    """Profiles in an order that is independent of insertion; `new_rows` maps old rows to new rows."""

    rows: Rows
    words: list[str]
    new_rows: NDArray[np.int64]


def sort_profiles(profiles: Profiles, uses: NDArray[np.int64]) -> SortedProfiles:
    """Sort profiles by use count `uses` [rows], then by content; row 0 stays first."""
    words = sorted(profiles.words)
    spelled = np.empty(len(words), np.int64)
    spelled[[profiles.words[word] for word in words]] = np.arange(len(words))
    rows = profiles.rows
    for column in _WORDS:
        rows[:, column] = spelled[rows[:, column]]
    cells = rows.tolist()
    order = [0, *sorted(range(1, len(rows)), key=lambda row: (-int(uses[row]), _chain(cells, row)))]
    new_rows = np.empty(len(rows), np.int64)
    new_rows[order] = np.arange(len(rows))
    moved = rows[order]
    moved[:, ALSO] = new_rows[moved[:, ALSO]]
    return SortedProfiles(moved, words, new_rows)


def _chain(cells: list[list[int]], row: int) -> list[list[int]]:
    chain = []
    while row:
        chain.append(cells[row][:ALSO])
        row = cells[row][ALSO]
    return chain


def concatenate_profiles(parts: Sequence[tuple[Rows, Sequence[str]]]) -> tuple[Rows, list[str], list[int]]:
    """Concatenate the profiles of a base and its deltas; return rows, words and the first row of each part."""
    rows, words, starts = [parts[0][0]], list(parts[0][1]), [0]
    count = len(parts[0][0])
    for delta_rows, delta_words in parts[1:]:
        moved = delta_rows[1:].copy()
        for column in _WORDS:
            moved[:, column] += len(words)
        moved[:, ALSO] += np.where(moved[:, ALSO] > 0, count - 1, 0)
        rows.append(moved)
        words += delta_words
        starts.append(count - 1)
        count += len(moved)
    return np.concatenate(rows), words, starts


def are_valid(rows: Rows, words: int) -> bool:
    """Return whether all codes are in range and every chain of scopes ends."""
    if rows.ndim != 2 or rows.shape[1] != WIDTH or not len(rows) or rows[0].any():
        return False
    ends = {
        LEVEL: len(LEVELS),
        TREATMENT: len(TREATMENTS),
        FRAUD_TYPE: words,
        DIRECTION: len(DIRECTIONS),
        SERVICE: len(SERVICES),
        INGRESS: len(INGRESSES),
        CASE: len(CASES),
        ORGANIZATION: words,
        SIMULATED: 2,
        ALSO: len(rows),
    }
    within = all(((rows[:, column] >= 0) & (rows[:, column] < end)).all() for column, end in ends.items())
    return within and _chains_end(rows)


def _chains_end(rows: Rows) -> bool:
    """Follow all chains at once; a valid chain has at most every scope with and without a case."""
    at = np.arange(len(rows))
    for _ in range(LONGEST_CHAIN):
        at = rows[at, ALSO]
        if not at.any():
            return True
    return False


LONGEST_CHAIN = 2 * len(DIRECTIONS) * len(SERVICES) * len(INGRESSES) + 1


def read_profiles(file: SnapshotFile) -> tuple[Rows, list[str]]:
    """Return the profiles of a file and the words they refer to."""
    return file.words("profiles").view(np.int64), msgspec.msgpack.decode(file.section_bytes("words"), type=list[str])
