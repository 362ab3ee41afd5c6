"""The operator's lists in a snapshot, as screens ask them: each from the newest file that holds it."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TypeVar

import msgspec

from fanzha.claims.allowlist import Allowlist, AllowlistEntry
from fanzha.claims.snapshot import SnapshotFile
from fanzha.claims.snapshot_format.hash_tables import HashTableReader
from fanzha.claims.snapshot_format.lists import (
    AllocatedRange,
    InboundOnly,
    LiveRules,
    ProtectedNumber,
)
from fanzha.kinds.numbering.number_reader import read_number

_SHORTEST_END = 5  # digits; shorter ones end many a number by chance


class Imitated:
    """Protected numbers by their canonical form, and by their digits at the end of a longer number."""

    def __init__(self, numbers: Collection[str]) -> None:
        """Read each number once, as it is dialled at home."""
        self._whole = frozenset(read_number(number).canonical or number for number in numbers)
        self._ends = frozenset(number for number in numbers if len(number) >= _SHORTEST_END)
        self._lengths = sorted({len(number) for number in self._ends})

    def whole(self, canonical: str) -> bool:
        """Say whether a number, as it was read, is a protected one."""
        return canonical in self._whole

    def at_the_end(self, digits: str) -> bool:
        """Say whether a longer number ends with a protected one."""
        return any(digits[-length:] in self._ends for length in self._lengths if length < len(digits))


T = TypeVar("T")

HASH_BYTES = 32  # SHA-256
_LONGEST_PREFIX = 11


class Lists:
    """Lists of a base and its deltas; small ones are read whole at the first question, or by `warm`."""

    def __init__(self, files: Sequence[SnapshotFile]) -> None:
        """Take a base and its deltas, the oldest first; a list that a delta holds replaces the older one."""
        self._holder = {one.name: file for file in files for one in file.head.sections}

    def warm(self) -> None:
        """Read everything that is read at the first question, so that no call waits for it."""
        for name, one in type(self).__dict__.items():
            if isinstance(one, cached_property):
                getattr(self, name)

    def holder(self, name: str) -> SnapshotFile | None:
        """Return the newest file that holds a section."""
        return self._holder.get(name)

    def _whole(self, name: str, type_: type[T], default: T) -> T:
        if name not in self._holder:
            return default
        return msgspec.msgpack.decode(self._holder[name].section_bytes(name), type=type_)

    def _pairs(self, name: str) -> HashTableReader | None:
        return HashTableReader(self._holder[name], name) if name in self._holder else None

    @cached_property
    def protected(self) -> dict[str, ProtectedNumber]:
        """Numbers that others like to show, by their digits as dialled at home."""
        return {one.number: one for one in self._whole("protected", list[ProtectedNumber], [])}

    @cached_property
    def imitated(self) -> Imitated:
        """The same, found in whatever way a caller writes them."""
        return Imitated(self.protected)

    @cached_property
    def spared(self) -> Allowlist:
        """The spared list, number × proven origin."""
        return Allowlist(self._whole("spared", list[AllowlistEntry], []))

    @cached_property
    def rules(self) -> LiveRules:
        """The operator's running rules with steps, budgets and lists."""
        return self._whole("rules", LiveRules, LiveRules())

    @cached_property
    def _inbound_only(self) -> tuple[HashTableReader | None, list[InboundOnly]]:
        return self._pairs("inbound_only"), self._whole("inbound_only_entries", list[InboundOnly], [])

    @cached_property
    def _ranges(self) -> tuple[HashTableReader | None, list[AllocatedRange]]:
        return self._pairs("ranges"), self._whole("range_entries", list[AllocatedRange], [])

    @cached_property
    def _roaming(self) -> HashTableReader | None:
        return self._pairs("roaming")

    def inbound_only(self, key: int, at: int) -> InboundOnly | None:
        """Return the do-not-originate entry of a number's key at a moment (UTC ms)."""
        table, entries = self._inbound_only
        row = table.get(key) if table else None
        if row is None or ((until := entries[row].until) is not None and until <= at):
            return None
        return entries[row]

    def allocated(self, national: str, at: int) -> AllocatedRange | None:
        """Return the range that national digits (no trunk zero) belong to at a moment; the longest prefix counts."""
        table, entries = self._ranges
        if not table:
            return None
        for length in range(min(_LONGEST_PREFIX, len(national)), 1, -1):
            row = table.get(int("1" + national[:length]))
            while row is not None and row < len(entries) and entries[row].prefix == national[:length]:
                one = entries[row]
                if (one.since is None or one.since <= at) and (one.until is None or at < one.until):
                    return one
                row += 1
        return None

    def roaming(self, key: int, at: int) -> bool | None:
        """Return whether a home mobile is proven to be abroad (True) or at home (False); None when nothing holds."""
        value = self._roaming.get(key) if self._roaming else None
        return None if value is None or value >> 1 <= at else bool(value & 1)

    @cached_property
    def _urls(self) -> tuple[memoryview, memoryview]:
        if "urls" not in self._holder:
            return memoryview(b""), memoryview(b"")
        file = self._holder["urls"]
        return file.section_bytes("urls"), file.section_bytes("url_profiles").cast("I")

    def urls(self, first: bytes) -> list[tuple[bytes, int]]:
        """Return the SHA-256 hashes of listed URL expressions that begin with these bytes, each with its profile."""
        hashes, profiles = self._urls
        at = bisect_left(range(len(profiles)), first, key=lambda row: bytes(hashes[row * HASH_BYTES :][: len(first)]))
        found = []
        while at < len(profiles) and (whole := bytes(hashes[at * HASH_BYTES :][:HASH_BYTES])).startswith(first):
            found.append((whole, profiles[at]))
            at += 1
        return found
