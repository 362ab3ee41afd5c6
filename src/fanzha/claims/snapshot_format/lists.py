"""The operator's lists and live rules inside a snapshot: what each holds, and its bytes."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from fanzha.base.words import Words
from fanzha.claims.allowlist import AllowlistEntry
from fanzha.claims.budget import Budget
from fanzha.claims.rule_lifecycle import RuleStep
from fanzha.claims.snapshot_format.container import SectionData, SnapshotFile
from fanzha.claims.snapshot_format.hash_tables import HashTable, build_table
from fanzha.claims.snapshot_format.keys import number_key


class ProtectedNumber(msgspec.Struct, frozen=True, array_like=True):
    """A number that others like to show: an authority's, a bank's; compared with the digits at the end of a caller."""

    number: str  # digits as dialled at home
    zh: str
    en: str

    @property
    def words(self) -> Words:
        """Whose number it is."""
        return Words(self.zh, self.en)


class InboundOnly(msgspec.Struct, frozen=True, array_like=True):
    """A number of the do-not-originate list: its owner never calls from it."""

    number: str  # canonical
    owner: str
    basis: str  # the owner's request, a contract, a rule
    until: int | None = None  # UTC ms


class AllocatedRange(msgspec.Struct, frozen=True, array_like=True):
    """A range as allocated (`fanzha.kinds.phone_number.Allocation`); times are UTC ms."""

    prefix: str  # first digits of the national number
    operator: str
    number_class: str
    province: str
    city: str
    since: int | None
    until: int | None


class RoamingProof(NamedTuple):
    """Whether a home mobile was proven to be abroad, and until when (UTC ms) that may be relied on."""

    number: str
    abroad: bool
    until: int


class LiveRule(msgspec.Struct, frozen=True, array_like=True):
    """One running text of an operator's rule with its present step."""

    rule: str
    digest: str
    text: str
    step: RuleStep


class LiveRules(msgspec.Struct, frozen=True, array_like=True):
    """What live rules need besides the key that draws shares of traffic, which never travels."""

    rules: tuple[LiveRule, ...] = ()
    budgets: dict[str, Budget] = {}
    default: Budget = Budget()
    lists: dict[str, tuple[str, ...]] = {}


def protected_section(numbers: Sequence[ProtectedNumber]) -> list[SectionData]:
    """Return the protected numbers as they are looked through."""
    return [SectionData("protected", msgspec.msgpack.encode(sorted(numbers, key=lambda one: one.number)))]


def spared_section(numbers: Sequence[AllowlistEntry]) -> list[SectionData]:
    """Return the spared list (`fanzha.claims.allowlist.Allowlist` takes what `spared` gives back)."""
    return [SectionData("spared", msgspec.msgpack.encode(sorted(numbers, key=repr)))]


def inbound_only_sections(numbers: Sequence[InboundOnly], salt: bytes) -> list[SectionData]:
    """Return the do-not-originate list: number -> entry. Of a number that stands twice the longer entry counts."""
    best: dict[int, InboundOnly] = {}
    for one in sorted(numbers, key=lambda one: (one.until is None, one.until or 0, repr(one))):
        best[_key(one.number)] = one
    kept = sorted(best.values(), key=lambda one: one.number)
    rows = [(_key(one.number), place) for place, one in enumerate(kept)]
    return [
        SectionData("inbound_only_entries", msgspec.msgpack.encode(kept)),
        table_data("inbound_only", _table(rows, salt)),
    ]


def ranges_sections(ranges: Sequence[AllocatedRange], salt: bytes) -> list[SectionData]:
    """Return allocated ranges: 1 and the prefix's digits -> the first of its entries, which stand together."""
    kept = sorted(ranges, key=lambda one: (one.prefix, -(one.since or 0), repr(one)))
    first: dict[int, int] = {}
    for place, one in enumerate(kept):
        first.setdefault(int("1" + one.prefix), place)
    return [
        SectionData("range_entries", msgspec.msgpack.encode(kept)),
        table_data("ranges", _table([*first.items()], salt)),
    ]


def roaming_section(proofs: Sequence[RoamingProof], salt: bytes) -> list[SectionData]:
    """Return roaming proofs: number -> until << 1 | abroad. Of a number that stands twice the longer counts."""
    rows: dict[int, int] = {}
    for one in proofs:
        key = _key(one.number)
        rows[key] = max(rows.get(key, 0), one.until << 1 | one.abroad)
    return [table_data("roaming", _table([*rows.items()], salt))]


def rules_section(rules: LiveRules) -> list[SectionData]:
    """Return the live rules."""
    return [SectionData("rules", msgspec.msgpack.encode(rules, order="sorted"))]


def spared_entries(file: SnapshotFile) -> list[AllowlistEntry]:
    """Return the spared list of a file."""
    return msgspec.msgpack.decode(file.section_bytes("spared"), type=list[AllowlistEntry])


def inbound_only_entries(file: SnapshotFile) -> list[InboundOnly]:
    """Return the do-not-originate list of a file."""
    return msgspec.msgpack.decode(file.section_bytes("inbound_only_entries"), type=list[InboundOnly])


def range_entries(file: SnapshotFile) -> list[AllocatedRange]:
    """Return the allocated ranges of a file."""
    return msgspec.msgpack.decode(file.section_bytes("range_entries"), type=list[AllocatedRange])


def table_data(name: str, table: HashTable) -> SectionData:
    """Return a table as a section."""
    used = int((table.rows[:, 0] != 0).sum())
    return SectionData(name, table.rows, table.rows.shape[1], table.multiplier, table.slots, used)


def _table(rows: Sequence[tuple[int, int]], salt: bytes) -> HashTable:
    return build_table(np.array(rows, np.uint64).reshape(len(rows), 2), salt)


def _key(number: str) -> int:
    key = number_key(number)
    if not key:
        raise ValueError(f"{number!r} has no key: a listed number has 1 to 15 digits and no zero in front")
    return key
