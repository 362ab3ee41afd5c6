"""A snapshot in memory: a base, mapped, with its deltas laid over it; looked up millions of times a second.

What a look-up returns
- `number("+8617000000001")` and `key(8617000000001)`: a `SnapshotEntry` (level, treatment, fraud type, until,
  scope, police case, whose, simulated), None when the number is not listed. An entry may have ended or be for another
  service: ask `entry.match(at, direction, service, ingress)`, which follows `entry.next_scope` through the scopes.
  Numbers are canonical (`fanzha.kinds.phone_number`); their keys are `fanzha.claims.snapshot.number_key`.
- `look_up(kind, value)`: the same for any kind (sender, host, account …; canonical values).
- `find_profiles(keys)`: for many keys (uint64 [n]) the profile of each (uint32 [n], 0 = not listed); `entry(profile)`.
- For kernels: `tables` (arrays, see `fanzha.claims.snapshot_format.lookup`) and `profiles` (int64 [n, 11], columns
  in `fanzha.claims.snapshot_format.profiles`).
- `lists`: `protected`, `imitated`, `spared`, `rules` whole; `inbound_only(key, at)`, `roaming(key, at)`,
  `allocated(national, at)`; `urls(first_bytes)` gives the listed SHA-256 hashes with their entries.

Nothing here changes: a newer snapshot is a new object, and whoever holds the old one may go on with it.
"""

from collections.abc import Sequence

import numpy as np

from fanzha.claims.snapshot import SnapshotFile
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.hash_tables import INDEX_BITS, INDEX_END, HashTableReader
from fanzha.claims.snapshot_format.keys import NUMBERS, hash_subject, number_key
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.screen.snapshot_lists import Lists

_LOW, _MASK = (1 << 32) - 1, INDEX_END - 1


class Mapped(SnapshotState):
    """One state of the snapshot. Opening takes some milliseconds whatever the size; verifying is done apart."""

    def __init__(self, base: SnapshotFile, deltas: Sequence[SnapshotFile] = ()) -> None:
        """Lay deltas over their base, the oldest first; raises Damaged when they do not follow each other."""
        super().__init__(base, deltas)
        self.lists = Lists(self.files)
        self._slots = memoryview(base.section_bytes("numbers")).cast("Q")
        self._multiplier, self._places = base.section("numbers").multiplier, base.section("numbers").slots
        self._changed = self.overlay.numbers
        self._spilled = HashTableReader(base, "spilled")

    @property
    def numbers(self) -> int:
        """How many numbers are listed, those that deltas changed included; one that they took off counts too."""
        used = sum(self.base.section(name).used for name in ("numbers", "spilled"))
        return used + len(self._changed)

    def number(self, canonical: str) -> SnapshotEntry | None:
        """Return the entry of a canonical number; one that has no key (more than 15 digits) is found too."""
        key = number_key(canonical)
        if not key:
            return self._other("phone_number", canonical)
        row = self.profile(key)
        return (self._entries[row] or self.entry(row)) if row else None

    def key(self, key: int) -> SnapshotEntry | None:
        """Return the entry of a number by its key."""
        row = self.profile(key)
        return (self._entries[row] or self.entry(row)) if row else None

    def profile(self, key: int) -> int:
        """Return the profile of a number by its key, 0 when it is not listed."""
        if self._changed and (row := self._changed.get(key)) is not None:
            return row
        slots = self._slots
        at = (key * self._multiplier >> 32 & _LOW) * self._places >> 32
        while word := slots[at]:
            if word >> INDEX_BITS == key:
                return word & _MASK
            at += 1
        return (self._spilled.get(key) or 0) if self._spilled.used else 0

    def look_up(self, kind: str, value: str) -> SnapshotEntry | None:
        """Return the entry of a subject of any kind by its canonical value."""
        return self.number(value) if kind in NUMBERS else self._other(kind, value)

    def _other(self, kind: str, value: str) -> SnapshotEntry | None:
        return self.entry(self.find_other_profile(hash_subject(self._salt, kind, value)))

    def urls(self, first: bytes) -> list[tuple[bytes, SnapshotEntry]]:
        """Return the listed URL expressions whose SHA-256 begins with these bytes: full hashes with their entries."""
        holder = self.lists.holder("urls")
        start = self.starts[holder.identity] if holder else 0
        found = ((whole, self.entry(row + start)) for whole, row in self.lists.urls(first) if row)
        return [(whole, entry) for whole, entry in found if entry is not None]

    def warm(self) -> None:
        """Do now what would be done at the first question: read the lists, lay out the kernels' arrays."""
        self.lists.warm()
        self.find_profiles(np.zeros(1, np.uint64))
