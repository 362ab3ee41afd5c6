"""The gate through which everything that leaves passes: TLP 2.0, licences, personal data, and the foreign gate.

All code that shares something calls `release`. Items go to another country only if an app has a module
`release_gate` (`ReleaseGate`), and that allows it: when it is put into a collection, and each time that it is read.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol, cast

from fanzha.base.marking import STRICTNESS, Marking
from fanzha.base.words import Words
from fanzha.command.web.discovery import app_modules
from fanzha.share.foreign_items import holds_personal_data, leaves_as, without_numbers
from fanzha.share.items import SharedCampaign, SharedVerdict
from fanzha.share.personal_data import is_personal_kind, shareable_kinds

SharedItem = SharedVerdict | SharedCampaign


class WithheldReason(StrEnum):
    """Why something does not leave."""

    RED = "red"
    MARKING = "marking"
    LICENCE = "licence"
    KIND = "kind"
    PERSONAL_DATA = "personal_data"
    FOREIGN_GATE = "foreign_gate"
    UNPROVEN_HASH = "unproven_hash"
    SIMULATED = "simulated"


WITHHELD_WORDS: dict[WithheldReason, Words] = {
    WithheldReason.RED: Words("标有 TLP:RED，一律不外传", "TLP:RED never leaves"),
    WithheldReason.MARKING: Words("标记严于该集合的上限", "marked more strictly than the collection admits"),
    WithheldReason.LICENCE: Words("来源许可不允许转供", "the licence of its source does not allow it"),
    WithheldReason.KIND: Words("此类对象不交换", "a kind that is never exchanged"),
    WithheldReason.PERSONAL_DATA: Words("个人信息不出境", "personal data does not leave the country"),
    WithheldReason.FOREIGN_GATE: Words("未经出境审批", "not approved for another country"),
    WithheldReason.UNPROVEN_HASH: Words("本站未留存该文件，散列来源无法核实", "a hash of no file that is kept here"),
    WithheldReason.SIMULATED: Words("演示数据只在演示单位之间交换", "made-up data stays among made-up organisations"),
}


class Destination(NamedTuple):
    """Where something would go. `key` names the collection or file; `owner` and `readers` are primary keys."""

    key: str
    ceiling: Marking
    is_abroad: bool = False
    is_simulated: bool = False
    readers: frozenset[int] = frozenset()
    owner: int = 0


class Passage(NamedTuple):
    """What one reader abroad may be given now: things of some kinds under an approval (ref); or nothing, and why."""

    approval: str
    kinds: frozenset[str]
    why: Words = Words("", "")

    @property
    def is_open(self) -> bool:
        """Return whether anything may be given."""
        return bool(self.approval)


class PassageClosed(Exception):
    """A passage ended while an answer was made: nothing of it is sent."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


class ForeignReader(NamedTuple):
    """A reader abroad (primary key) of a collection: whose it is, and for which purpose it may be read."""

    owner: int
    reader: int
    collection: int
    purpose: str


class ExitRecord(NamedTuple):
    """What left for a reader abroad: rows of shared objects (primary keys), the road, and the SHA-256 of the body."""

    rows: Sequence[int]
    road: str
    sha256: str
    at: datetime


class ReleaseGate(Protocol):
    """What an app's `release_gate` module has. Each function is asked on every road to another country."""

    def may_leave(self, items: Sequence[SharedItem], destination: Destination) -> list[WithheldReason | None]:
        """Return for each item why it may not be put where readers abroad read it; None if it may."""

    def open_passage(self, reader: ForeignReader, at: datetime) -> Passage:
        """Return what a reader may be given at a moment."""

    def record_exit(self, reader: ForeignReader, passage: Passage, left: ExitRecord) -> None:
        """Put on record what is about to be given to a reader."""


class Release(NamedTuple):
    """What may leave, and how many items were withheld for which reason."""

    items: list[SharedItem]
    withheld: Counter[WithheldReason]


CLOSED = Passage("", frozenset(), Words("本站未启用出境审批", "this site has no gate for other countries"))
NOT_FOR_ABROAD = Passage("", frozenset(), Words("此集合不供境外单位读取", "this collection is not for other countries"))


def release(items: Iterable[SharedItem], destination: Destination) -> Release:
    """Return the items that may go to a destination; for another country without texts that might hold numbers."""
    released: list[SharedItem] = []
    withheld: Counter[WithheldReason] = Counter()
    for item in items:
        found = without_numbers(item) if destination.is_abroad else item
        if (reason := withheld_reason(found, destination)) is not None:
            withheld[reason] += 1
        else:
            released.append(found)
    if destination.is_abroad and released:
        released, refused = _pass_gates(released, destination)
        withheld += refused
    return Release(released, withheld)


def withheld_reason(item: SharedItem, destination: Destination) -> WithheldReason | None:
    """Return why an item may not go to a destination, without regard to the foreign gate; None if it may."""
    if item.marking is Marking.RED:
        return WithheldReason.RED
    if STRICTNESS[item.marking.value] < STRICTNESS[destination.ceiling.value]:
        return WithheldReason.MARKING
    if isinstance(item, SharedVerdict):
        if not item.may_be_passed_on:
            return WithheldReason.LICENCE
        if item.subject_kind not in shareable_kinds():
            return WithheldReason.KIND
        if destination.is_abroad and is_personal_kind(item.subject_kind):
            return WithheldReason.PERSONAL_DATA
    if item.simulated and not destination.is_simulated:
        return WithheldReason.SIMULATED
    if destination.is_abroad and not leaves_as(item):
        return WithheldReason.KIND
    if destination.is_abroad and holds_personal_data(item):
        return WithheldReason.PERSONAL_DATA
    return None


def _pass_gates(
    items: Sequence[SharedItem], destination: Destination
) -> tuple[list[SharedItem], Counter[WithheldReason]]:
    """Return the items that all gates let out, and the reasons for the others. Without a gate nothing leaves."""
    gates = foreign_gates()
    answers = [gate.may_leave(items, destination) for gate in gates]
    passed: list[SharedItem] = []
    refused: Counter[WithheldReason] = Counter()
    for item, *reasons in zip(items, *answers, strict=True):
        found = [reason for reason in reasons if reason is not None]
        if found or not gates:
            refused[found[0] if found else WithheldReason.FOREIGN_GATE] += 1
        else:
            passed.append(item)
    return passed, refused


def open_passage(reader: ForeignReader, at: datetime) -> Passage:
    """Return what a reader abroad may be given now: what every gate lets pass."""
    passages = [gate.open_passage(reader, at) for gate in foreign_gates()]
    closed = next((passage for passage in passages if not passage.is_open), None)
    if closed is not None or not passages:
        return closed or CLOSED
    return passages[0]._replace(kinds=frozenset.intersection(*(passage.kinds for passage in passages)))


def record_exit(reader: ForeignReader, passage: Passage, left: ExitRecord) -> None:
    """Put on record what is about to be given to a reader abroad. If that fails, nothing is given."""
    for gate in foreign_gates():
        gate.record_exit(reader, passage, left)


def foreign_gates() -> list[ReleaseGate]:
    """Return the gates of this site."""
    return cast("list[ReleaseGate]", list(app_modules("release_gate")))
