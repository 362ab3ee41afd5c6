"""A memory-mapped snapshot: a base with its deltas applied, fast enough for millions of look-ups a second.

Look-ups
- `number("+8617000000001")` and `key(8617000000001)`: a `SnapshotEntry` (level, treatment, fraud type, until,
  scope, police case, organisation, simulated), None for an unlisted number. An entry may have expired or apply to
  another service: call `entry.match(at, direction, service, ingress)`, which follows `entry.next_scope`.
  Numbers are canonical (`fanzha.kinds.phone_number`); their keys are `fanzha.claims.snapshot.number_key`.
- `look_up(kind, value)`: the same for any kind (sender, host, account …; canonical values).
- `find_profiles(keys)`: for many keys (uint64 [n]) the profile of each (uint32 [n], 0 = not listed); `entry(profile)`.
- For kernels: `tables` (arrays, see `fanzha.claims.snapshot_format.lookup`) and `profiles` (int64 [n, 11], columns
  in `fanzha.claims.snapshot_format.profiles`).
- `lists`: `protected`, `protected_matcher`, `allowlist`, `rules`; `inbound_only(key, at)`, `roaming(key, at)`,
  `allocated(national, at)`; `urls(first_bytes)` gives the listed SHA-256 hashes with their entries.

The object is immutable: a newer snapshot is a new object, and users of the old one may continue.
"""

from collections.abc import Sequence

import numpy as np

from fanzha.claims.snapshot import SnapshotFile
from fanzha.claims.snapshot_entry import SnapshotEntry
from fanzha.claims.snapshot_format.hash_tables import HashTableReader
from fanzha.claims.snapshot_format.keys import MAX_PROFILES, NUMBERS, PROFILE_BITS, hash_subject, number_key
from fanzha.claims.snapshot_state import SnapshotState
from fanzha.screen.snapshot_lists import SnapshotLists

_LOW_32_BITS = (1 << 32) - 1
_PROFILE_MASK = MAX_PROFILES - 1


class MappedSnapshot(SnapshotState):
    """One state of the snapshot. Opening takes milliseconds at any size; verification is separate."""

    def __init__(self, base: SnapshotFile, deltas: Sequence[SnapshotFile] = ()) -> None:
        """Apply deltas to their base, oldest first; raise DamagedSnapshot when they do not form a chain."""
        super().__init__(base, deltas)
        self.lists = SnapshotLists(self.files)
        self._slots = memoryview(base.section_bytes("numbers")).cast("Q")
        self._multiplier, self._places = base.section("numbers").multiplier, base.section("numbers").slots
        self._changed = self.overlay.numbers
        self._spilled = HashTableReader(base, "spilled")

    @property
    def numbers(self) -> int:
        """Upper bound of the listed numbers: numbers that a delta changed or removed count twice."""
        used = sum(self.base.section(name).used for name in ("numbers", "spilled"))
        return used + len(self._changed)

    def number(self, canonical: str) -> SnapshotEntry | None:
        """Return the entry of a canonical number, also of one without a key (more than 15 digits)."""
        key = number_key(canonical)
        if not key:
            return self._find_other("phone_number", canonical)
        row = self.profile(key)
        return (self._entries[row] or self.entry(row)) if row else None

    def key(self, key: int) -> SnapshotEntry | None:
        """Return the entry of a number's key."""
        row = self.profile(key)
        return (self._entries[row] or self.entry(row)) if row else None

    def profile(self, key: int) -> int:
        """Return the profile of a number's key, 0 when it is not listed."""
        if self._changed and (row := self._changed.get(key)) is not None:
            return row
        slots = self._slots
        at = (key * self._multiplier >> 32 & _LOW_32_BITS) * self._places >> 32
        while word := slots[at]:
            if word >> PROFILE_BITS == key:
                return word & _PROFILE_MASK
            at += 1
        return (self._spilled.get(key) or 0) if self._spilled.used else 0

    def look_up(self, kind: str, value: str) -> SnapshotEntry | None:
        """Return the entry of a subject by kind and canonical value."""
        return self.number(value) if kind in NUMBERS else self._find_other(kind, value)

    def _find_other(self, kind: str, value: str) -> SnapshotEntry | None:
        return self.entry(self.find_other_profile(hash_subject(self._salt, kind, value)))

    def urls(self, first: bytes) -> list[tuple[bytes, SnapshotEntry]]:
        """Return full hash and entry of each listed URL expression whose SHA-256 begins with `first`."""
        holder = self.lists.holder("urls")
        start = self.starts[holder.identity] if holder else 0
        matches = ((whole, self.entry(row + start)) for whole, row in self.lists.urls(first) if row)
        return [(whole, entry) for whole, entry in matches if entry is not None]

    def warm(self) -> None:
        """Load lists and kernel arrays now instead of at the first look-up."""
        self.lists.warm()
        self.find_profiles(np.zeros(1, np.uint64))
