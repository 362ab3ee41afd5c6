"""The operator's lists and live rules in a snapshot, and their encoding as sections."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.claims.allowlist import AllowlistEntry
from fanzha.claims.budget import Budget
from fanzha.claims.rule_lifecycle import RuleStep
from fanzha.claims.snapshot_format.container import SectionData, SnapshotFile
from fanzha.claims.snapshot_format.hash_tables import HashTable, build_table
from fanzha.claims.snapshot_format.keys import number_key


class ProtectedNumber(msgspec.Struct, frozen=True, array_like=True):
    """A number that fraudsters imitate (of an authority or bank); compared with the last digits of a caller."""

    number: str  # digits as dialled at home
    zh: str
    en: str

    @property
    def words(self) -> Words:
        """The owner's name."""
        return Words(self.zh, self.en)


class InboundOnly(msgspec.Struct, frozen=True, array_like=True):
    """A number of the do-not-originate list, from which its owner never calls."""

    number: str  # canonical
    owner: str
    basis: str  # the owner's request, a contract, a rule
    until: int | None = None  # UTC ms


class AllocatedRange(msgspec.Struct, frozen=True, array_like=True):
    """An allocated range (`fanzha.kinds.phone_number.Allocation`); times are UTC ms."""

    prefix: str  # first digits of the national number
    operator: str
    number_class: str
    province: str
    city: str
    since: int | None
    until: int | None


class RoamingProof(NamedTuple):
    """Proof whether a home mobile is abroad, valid until `until` (UTC ms)."""

    number: str
    abroad: bool
    until: int


class OverseasChoices(NamedTuple):
    """Subscribers who asked that calls from abroad be refused, or announced, with the foreign numbers that they except.

    `keys` (uint64 [n]) are their numbers, `announced` (bool [n]) is False where calls are refused. `exceptions` maps
    a key to the keys of the numbers that it lets through.
    """

    keys: NDArray[np.uint64]
    announced: NDArray[np.bool_]
    exceptions: Mapping[int, Sequence[int]] = {}


class LiveRule(msgspec.Struct, frozen=True, array_like=True):
    """One running rule text with its current lifecycle step."""

    rule: str
    digest: str
    text: str
    step: RuleStep


class LiveRules(msgspec.Struct, frozen=True, array_like=True):
    """Input of live rules, without the sampling key, which never leaves the installation."""

    rules: tuple[LiveRule, ...] = ()
    budgets: dict[str, Budget] = {}
    default: Budget = Budget()
    lists: dict[str, tuple[str, ...]] = {}


def protected_section(numbers: Sequence[ProtectedNumber]) -> list[SectionData]:
    """Return the section of protected numbers."""
    return [SectionData("protected", msgspec.msgpack.encode(sorted(numbers, key=lambda entry: entry.number)))]


def spared_section(numbers: Sequence[AllowlistEntry]) -> list[SectionData]:
    """Return the section of the allowlist."""
    return [SectionData("spared", msgspec.msgpack.encode(sorted(numbers, key=repr)))]


def inbound_only_sections(numbers: Sequence[InboundOnly], salt: bytes) -> list[SectionData]:
    """Return the sections of the do-not-originate list: number -> entry. The longer of duplicate entries counts."""
    best: dict[int, InboundOnly] = {}
    for entry in sorted(numbers, key=lambda entry: (entry.until is None, entry.until or 0, repr(entry))):
        best[_key(entry.number)] = entry
    ordered = sorted(best.values(), key=lambda entry: entry.number)
    rows = [(_key(entry.number), index) for index, entry in enumerate(ordered)]
    return [
        SectionData("inbound_only_entries", msgspec.msgpack.encode(ordered)),
        table_data("inbound_only", _table(rows, salt)),
    ]


def ranges_sections(ranges: Sequence[AllocatedRange], salt: bytes) -> list[SectionData]:
    """Return the sections of allocated ranges: "1" + prefix -> index of the first of its adjacent entries."""
    ordered = sorted(ranges, key=lambda entry: (entry.prefix, -(entry.since or 0), repr(entry)))
    first: dict[int, int] = {}
    for index, entry in enumerate(ordered):
        first.setdefault(int("1" + entry.prefix), index)
    return [
        SectionData("range_entries", msgspec.msgpack.encode(ordered)),
        table_data("ranges", _table([*first.items()], salt)),
    ]


def roaming_section(proofs: Sequence[RoamingProof], salt: bytes) -> list[SectionData]:
    """Return the section of roaming proofs: number -> until << 1 | abroad. The longer of duplicate proofs counts."""
    rows: dict[int, int] = {}
    for proof in proofs:
        key = _key(proof.number)
        rows[key] = max(rows.get(key, 0), proof.until << 1 | proof.abroad)
    return [table_data("roaming", _table([*rows.items()], salt))]


def overseas_sections(choices: OverseasChoices, salt: bytes) -> list[SectionData]:
    """Return the sections of overseas choices: number -> place of its exceptions (0: none) << 1 | announced."""
    order = np.argsort(choices.keys, kind="stable")
    keys, values = choices.keys[order], choices.announced[order].astype(np.uint64)
    excepting = sorted(key for key, numbers in choices.exceptions.items() if numbers)
    at = np.searchsorted(keys, np.array(excepting, np.uint64))
    values[at] |= np.arange(1, len(excepting) + 1, dtype=np.uint64) << np.uint64(1)
    exceptions = [sorted(set(choices.exceptions[key])) for key in excepting]
    return [
        SectionData("overseas_exceptions", msgspec.msgpack.encode(exceptions)),
        table_data("overseas_choices", build_table(np.stack([keys, values], axis=1), salt)),
    ]


def rules_section(rules: LiveRules) -> list[SectionData]:
    """Return the section of live rules."""
    return [SectionData("rules", msgspec.msgpack.encode(rules, order="sorted"))]


def spared_entries(file: SnapshotFile) -> list[AllowlistEntry]:
    """Return the allowlist of a file."""
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
