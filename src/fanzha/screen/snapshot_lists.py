"""The operator's lists in a snapshot, each read from the newest file that contains it."""

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

_SHORTEST_END = 5  # digits; shorter numbers match by chance


class ProtectedNumberMatcher:
    """Matches protected numbers (of authorities, banks) whole or at the end of a longer number."""

    def __init__(self, numbers: Collection[str]) -> None:
        """Parse each number, as dialled domestically."""
        self._canonical = frozenset(read_number(number).canonical or number for number in numbers)
        self._ends = frozenset(number for number in numbers if len(number) >= _SHORTEST_END)
        self._lengths = sorted({len(number) for number in self._ends})

    def matches(self, canonical: str) -> bool:
        """Return whether a canonical number is protected."""
        return canonical in self._canonical

    def matches_suffix(self, digits: str) -> bool:
        """Return whether a longer number ends with a protected number."""
        return any(digits[-length:] in self._ends for length in self._lengths if length < len(digits))


T = TypeVar("T")

HASH_BYTES = 32  # SHA-256
_LONGEST_PREFIX = 11


class SnapshotLists:
    """Lists of a base and its deltas; small ones are decoded at first use or by `warm`."""

    def __init__(self, files: Sequence[SnapshotFile]) -> None:
        """Take a base and its deltas, oldest first; a list in a delta replaces the older one."""
        self._holder = {section.name: file for file in files for section in file.head.sections}

    def warm(self) -> None:
        """Load every cached list now."""
        for name, attribute in type(self).__dict__.items():
            if isinstance(attribute, cached_property):
                getattr(self, name)

    def holder(self, name: str) -> SnapshotFile | None:
        """Return the newest file that contains a section."""
        return self._holder.get(name)

    def _read_section(self, name: str, type_: type[T], default: T) -> T:
        if name not in self._holder:
            return default
        return msgspec.msgpack.decode(self._holder[name].section_bytes(name), type=type_)

    def _open_table(self, name: str) -> HashTableReader | None:
        return HashTableReader(self._holder[name], name) if name in self._holder else None

    @cached_property
    def protected(self) -> dict[str, ProtectedNumber]:
        """Protected numbers by their digits as dialled domestically."""
        return {entry.number: entry for entry in self._read_section("protected", list[ProtectedNumber], [])}

    @cached_property
    def protected_matcher(self) -> ProtectedNumberMatcher:
        """The matcher for protected numbers."""
        return ProtectedNumberMatcher(self.protected)

    @cached_property
    def allowlist(self) -> Allowlist:
        """The allowlist: number and proven origin."""
        return Allowlist(self._read_section("spared", list[AllowlistEntry], []))

    @cached_property
    def rules(self) -> LiveRules:
        """The operator's running rules with steps, budgets and lists."""
        return self._read_section("rules", LiveRules, LiveRules())

    @cached_property
    def _inbound_only(self) -> tuple[HashTableReader | None, list[InboundOnly]]:
        return self._open_table("inbound_only"), self._read_section("inbound_only_entries", list[InboundOnly], [])

    @cached_property
    def _ranges(self) -> tuple[HashTableReader | None, list[AllocatedRange]]:
        return self._open_table("ranges"), self._read_section("range_entries", list[AllocatedRange], [])

    @cached_property
    def _roaming(self) -> HashTableReader | None:
        return self._open_table("roaming")

    @property
    def inbound_only_entries(self) -> list[InboundOnly]:
        """The do-not-originate list, with entries that have ended."""
        return self._inbound_only[1]

    @property
    def range_entries(self) -> list[AllocatedRange]:
        """The operator's allocation table, with ranges of the past and the future."""
        return self._ranges[1]

    def inbound_only(self, key: int, at: int) -> InboundOnly | None:
        """Return the do-not-originate entry of a number's key at `at` (UTC ms)."""
        table, entries = self._inbound_only
        row = table.get(key) if table else None
        if row is None or ((until := entries[row].until) is not None and until <= at):
            return None
        return entries[row]

    def allocated(self, national: str, at: int) -> AllocatedRange | None:
        """Return the allocated range of national digits (no trunk zero) at `at`; the longest prefix wins."""
        table, entries = self._ranges
        if not table:
            return None
        for length in range(min(_LONGEST_PREFIX, len(national)), 1, -1):
            row = table.get(int("1" + national[:length]))
            while row is not None and row < len(entries) and entries[row].prefix == national[:length]:
                entry = entries[row]
                if (entry.since is None or entry.since <= at) and (entry.until is None or at < entry.until):
                    return entry
                row += 1
        return None

    @cached_property
    def _overseas(self) -> tuple[HashTableReader | None, list[list[int]]]:
        return self._open_table("overseas_choices"), self._read_section("overseas_exceptions", list[list[int]], [])

    def overseas_choice(self, callee: int, caller: int) -> str:
        """Return what a callee chose for a call from abroad by a caller (keys): `refuse`, `announce` or ""."""
        table, exceptions = self._overseas
        value = table.get(callee) if table and callee else None
        if value is None or (value >> 1 and caller in exceptions[(value >> 1) - 1]):
            return ""
        return "announce" if value & 1 else "refuse"

    def roaming(self, key: int, at: int) -> bool | None:
        """Return whether a home mobile is proven abroad (True) or at home (False); None if unknown at `at`."""
        value = self._roaming.get(key) if self._roaming else None
        return None if value is None or value >> 1 <= at else bool(value & 1)

    @cached_property
    def _urls(self) -> tuple[memoryview, memoryview]:
        if "urls" not in self._holder:
            return memoryview(b""), memoryview(b"")
        file = self._holder["urls"]
        return file.section_bytes("urls"), file.section_bytes("url_profiles").cast("I")

    def urls(self, first: bytes) -> list[tuple[bytes, int]]:
        """Return hash and profile of each listed URL expression whose SHA-256 begins with `first`."""
        hashes, profiles = self._urls
        at = bisect_left(range(len(profiles)), first, key=lambda row: bytes(hashes[row * HASH_BYTES :][: len(first)]))
        matches = []
        while at < len(profiles) and (whole := bytes(hashes[at * HASH_BYTES :][:HASH_BYTES])).startswith(first):
            matches.append((whole, profiles[at]))
            at += 1
        return matches
