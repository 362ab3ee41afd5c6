"""Snapshot state: a base with its deltas, as arrays for look-ups in batches."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.snapshot import check_succession
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format import lookup
from fanzha.claims.snapshot_format.container import SnapshotFile
from fanzha.claims.snapshot_format.hash_tables import HashTable, HashTableReader, build_table, read_table
from fanzha.claims.snapshot_format.keys import PROFILE_BITS
from fanzha.claims.snapshot_format.profiles import concatenate_profiles, decode_entry, read_profiles


class Overlay:
    """Subjects changed by deltas with their profile, 0 if no longer listed; the newest delta counts."""

    def __init__(self, deltas: Sequence[SnapshotFile], starts: Sequence[int]) -> None:
        """Take deltas, the oldest first, and the first profile row of each."""
        self.numbers: dict[int, int] = {}
        self.other_subjects: dict[tuple[int, int], int] = {}
        for delta, start in zip(deltas, starts, strict=True):
            keys, rows = delta.words("changed_numbers").T.tolist()
            self.numbers.update(zip(keys, _shift_rows(rows, start), strict=True))
            first, second, rows = delta.words("changed_others").T.tolist()
            self.other_subjects.update(zip(zip(first, second, strict=True), _shift_rows(rows, start), strict=True))

    def table(self) -> HashTable:
        """Return the changed numbers as a hash table for kernels."""
        rows = np.array([*self.numbers.items()], np.uint64).reshape(len(self.numbers), 2)
        return build_table(rows, b"")


def _shift_rows(rows: list[int], start: int) -> list[int]:
    return [row + start if row else 0 for row in rows]


_PIECE = 1 << 20  # numbers at once, so that no other thread waits for long


class SnapshotState:
    """An immutable state. Opening takes milliseconds for any size; call `check` on the files beforehand."""

    def __init__(self, base: SnapshotFile, deltas: Sequence[SnapshotFile] = ()) -> None:
        """Apply deltas to their base, the oldest first; raise DamagedSnapshot if they are not consecutive."""
        self.base, self.deltas = base, tuple(deltas)
        for before, file in zip((base, *deltas), deltas, strict=False):
            check_succession(file, base, before)
        self.files = (base, *deltas)
        self.head = self.files[-1].head
        self.profiles, self.words, starts = concatenate_profiles([read_profiles(file) for file in self.files])
        self.profiles.flags.writeable = False
        self.starts = {file.identity: start for file, start in zip(self.files, starts, strict=True)}
        self.overlay = Overlay(deltas, starts[1:])
        self._others, self._salt = HashTableReader(base, "others"), bytes.fromhex(base.head.salt)
        self._entries: list[SnapshotEntry | None] = [None] * len(self.profiles)

    @property
    def identities(self) -> list[str]:
        """Return the identities of the files, the base first."""
        return [file.identity for file in self.files]

    def entry(self, profile: int) -> SnapshotEntry | None:
        """Return a profile as an entry; None for 0."""
        if not profile:
            return None
        found = self._entries[profile]
        if found is None:
            found = self._entries[profile] = decode_entry(self.profiles, self.words, profile)
        return found

    def find_other_profile(self, words: tuple[int, int]) -> int:
        """Return the profile of a subject without a key by its hash words; 0 if it is not listed."""
        row = self.overlay.other_subjects.get(words) if self.overlay.other_subjects else None
        return (self._others.get_by_pair(*words) or 0) if row is None else row

    @cached_property
    def tables(self) -> lookup.NumberTables:
        """The number tables for kernels."""
        changed = self.overlay.table()
        changed.rows.flags.writeable = False
        return lookup.number_tables(read_table(self.base, "numbers"), read_table(self.base, "spilled"), changed)

    def find_profiles(self, keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Return the profile of each key, 0 if not listed."""
        found = np.empty(len(keys), np.uint32)
        lookup.find_profiles(keys, self.tables, found)
        return found

    def number_keys(self) -> Iterator[NDArray[np.uint64]]:
        """Yield the keys of all numbers in chunks, each once, including numbers that are no longer listed."""
        tables = self.tables
        words = tables.numbers[:, 0]
        for first in range(0, len(words), _PIECE):
            piece = words[first : first + _PIECE]
            yield piece[piece != 0] >> np.uint64(PROFILE_BITS)
        yield tables.spilled[tables.spilled[:, 0] != 0, 0]
        changed = tables.changed[tables.changed[:, 0] != 0, 0]
        yield changed[~lookup.mark_in_base(changed, tables)]
