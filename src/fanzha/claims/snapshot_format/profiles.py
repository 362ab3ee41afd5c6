"""Different entries once each, as rows of integers that kernels read too: millions of subjects share some thousands."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot_entry import HOUR_MS, SnapshotEntry
from fanzha.claims.snapshot_format.container import SnapshotFile
from fanzha.claims.treatment import TREATMENTS
from fanzha.claims.verdict import CASES, DIRECTIONS, FOREVER, INGRESSES, LEVELS, SERVICES

#: Columns of a row. Codes are places in the tuples of the same name; fraud type and organisation are places in the
#: words beside the rows; UNTIL is UTC ms, exclusive; ALSO is the row of the same subject's next scope, 0 for none.
LEVEL, TREATMENT, FRAUD_TYPE, UNTIL, DIRECTION, SERVICE, INGRESS, CASE, ORGANISATION, SIMULATED, ALSO = range(11)
WIDTH = 11
_WORDS = (FRAUD_TYPE, ORGANISATION)

Rows = NDArray[np.int64]


class Profiles:
    """Entries as they are met; row 0 is nobody's, so that 0 can mean "not listed"."""

    def __init__(self) -> None:
        """Begin with the row that means nothing."""
        self._rows: dict[tuple[int, ...], int] = {(0,) * WIDTH: 0}
        self._known: dict[SnapshotEntry, int] = {}
        self.words: dict[str, int] = {"": 0}

    def add(self, entry: SnapshotEntry) -> int:
        """Return the row of an entry and its further scopes; times are rounded down to the hour."""
        known = self._known.get(entry)
        if known is None:
            known = self._known[entry] = self._rows.setdefault(self._row(entry), len(self._rows))
        return known

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
            self._word(entry.organisation),
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
    """Return a row as people's code reads it, with its further scopes."""
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
        words[cells[ORGANISATION]],
        bool(cells[SIMULATED]),
        decode_entry(rows, words, cells[ALSO]) if cells[ALSO] else None,
    )


class SortedProfiles(NamedTuple):
    """Profiles in the one order that does not depend on how they were met; `place` gives each old row its new one."""

    rows: Rows
    words: list[str]
    new_rows: NDArray[np.int64]


def sort_profiles(profiles: Profiles, uses: NDArray[np.int64]) -> SortedProfiles:
    """Return profiles with the most used first, of equally used by what they say; row 0 stays. uses: [rows]."""
    words = sorted(profiles.words)
    spelled = np.empty(len(words), np.int64)
    spelled[[profiles.words[word] for word in words]] = np.arange(len(words))
    rows = profiles.rows
    for column in _WORDS:
        rows[:, column] = spelled[rows[:, column]]
    cells = rows.tolist()
    order = [0, *sorted(range(1, len(rows)), key=lambda row: (-int(uses[row]), _chain(cells, row)))]
    place = np.empty(len(rows), np.int64)
    place[order] = np.arange(len(rows))
    moved = rows[order]
    moved[:, ALSO] = place[moved[:, ALSO]]
    return SortedProfiles(moved, words, place)


def _chain(cells: list[list[int]], row: int) -> list[list[int]]:
    said = []
    while row:
        said.append(cells[row][:ALSO])
        row = cells[row][ALSO]
    return said


def concatenate_profiles(parts: Sequence[tuple[Rows, Sequence[str]]]) -> tuple[Rows, list[str], list[int]]:
    """Put the profiles of a base and its deltas behind each other; returns rows, words and where each part begins."""
    rows, words, starts = [parts[0][0]], list(parts[0][1]), [0]
    count = len(parts[0][0])
    for more, texts in parts[1:]:
        moved = more[1:].copy()
        for column in _WORDS:
            moved[:, column] += len(words)
        moved[:, ALSO] += np.where(moved[:, ALSO] > 0, count - 1, 0)
        rows.append(moved)
        words += texts
        starts.append(count - 1)
        count += len(moved)
    return np.concatenate(rows), words, starts


def are_valid(rows: Rows, words: int) -> bool:
    """Return whether every code of every row means something, and every chain of scopes ends."""
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
        ORGANISATION: words,
        SIMULATED: 2,
        ALSO: len(rows),
    }
    within = all(((rows[:, column] >= 0) & (rows[:, column] < end)).all() for column, end in ends.items())
    return within and _chains_end(rows)


def _chains_end(rows: Rows) -> bool:
    """Follow all chains at once: no honest one is longer than all scopes there are, each with and without a case."""
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
