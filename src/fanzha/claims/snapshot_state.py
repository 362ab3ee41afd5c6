"""One state of a snapshot: a base and what deltas changed since, as arrays that are looked up in batches."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fanzha.claims.entry import Entry
from fanzha.claims.snapshot import File, follows
from fanzha.claims.snapshot_format import lookup
from fanzha.claims.snapshot_format.hash_tables import INDEX_BITS
from fanzha.claims.snapshot_format.overlay import Overlay
from fanzha.claims.snapshot_format.pairs import Pairs
from fanzha.claims.snapshot_format.profiles import entry_of, joined
from fanzha.claims.snapshot_format.reading import read_profiles, read_table

_PIECE = 1 << 20  # numbers at once, so that no other thread waits for long


class State:
    """Nothing in it changes. Opening takes some milliseconds whatever the size; `check` the files before, apart."""

    def __init__(self, base: File, deltas: Sequence[File] = ()) -> None:
        """Lay deltas over their base, the oldest first; raises Damaged when they do not follow each other."""
        self.base, self.deltas = base, tuple(deltas)
        for before, one in zip((base, *deltas), deltas, strict=False):
            follows(one, base, before)
        self.files = (base, *deltas)
        self.head = self.files[-1].head
        self.profiles, self.words, starts = joined([read_profiles(one) for one in self.files])
        self.profiles.flags.writeable = False
        self.starts = {one.identity: start for one, start in zip(self.files, starts, strict=True)}
        self.overlay = Overlay(deltas, starts[1:])
        self._others, self._salt = Pairs(base, "others"), bytes.fromhex(base.head.salt)
        self._entries: list[Entry | None] = [None] * len(self.profiles)

    @property
    def identities(self) -> list[str]:
        """Return the identities of the files, the base first."""
        return [one.identity for one in self.files]

    def entry(self, profile: int) -> Entry | None:
        """Return a profile as an entry; None for 0."""
        if not profile:
            return None
        found = self._entries[profile]
        if found is None:
            found = self._entries[profile] = entry_of(self.profiles, self.words, profile)
        return found

    def profile_of_other(self, words: tuple[int, int]) -> int:
        """Return the profile of a subject that has no key, by the words of its hash; 0 when it is not listed."""
        row = self.overlay.others.get(words) if self.overlay.others else None
        return (self._others.value_of_two(*words) or 0) if row is None else row

    @cached_property
    def tables(self) -> lookup.NumberTables:
        """The tables of numbers as kernels take them."""
        changed = self.overlay.table()
        changed.rows.flags.writeable = False
        return lookup.number_tables(read_table(self.base, "numbers"), read_table(self.base, "spilled"), changed)

    def profiles_of(self, keys: NDArray[np.uint64]) -> NDArray[np.uint32]:
        """Return the profile of each key, 0 where it is not listed."""
        found = np.empty(len(keys), np.uint32)
        lookup.profiles(keys, self.tables, found)
        return found

    def number_keys(self) -> Iterator[NDArray[np.uint64]]:
        """Yield the keys of all numbers in pieces, each once; those no longer listed too."""
        tables = self.tables
        words = tables.numbers[:, 0]
        for first in range(0, len(words), _PIECE):
            piece = words[first : first + _PIECE]
            yield piece[piece != 0] >> np.uint64(INDEX_BITS)
        yield tables.spilled[tables.spilled[:, 0] != 0, 0]
        changed = tables.changed[tables.changed[:, 0] != 0, 0]
        yield changed[~lookup.in_base(changed, tables)]
