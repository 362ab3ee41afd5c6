"""The gate through which everything that leaves passes: TLP 2.0, licences, personal data, and the foreign gate.

Whoever shares something calls `release`. An app may narrow it further by a module `release_gate` with a function
`may_leave(item, destination)`; what goes to another country leaves only if such a module is there and allows it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple, Protocol

from fanzha.base.marking import STRICTNESS, Marking
from fanzha.base.words import Words
from fanzha.command.web.discovery import app_modules
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
    SIMULATED = "simulated"


WITHHELD_WORDS: dict[WithheldReason, Words] = {
    WithheldReason.RED: Words("标有 TLP:RED，一律不外传", "TLP:RED never leaves"),
    WithheldReason.MARKING: Words("标记严于该集合的上限", "marked more strictly than the collection admits"),
    WithheldReason.LICENCE: Words("来源许可不允许转供", "the licence of its source does not allow it"),
    WithheldReason.KIND: Words("此类对象不交换", "a kind that is never exchanged"),
    WithheldReason.PERSONAL_DATA: Words("个人信息不出境", "personal data does not leave the country"),
    WithheldReason.FOREIGN_GATE: Words("未经出境审批", "not approved for another country"),
    WithheldReason.SIMULATED: Words("演示数据只在演示单位之间交换", "made-up data stays among made-up organisations"),
}


class Destination(NamedTuple):
    """Where something would go. `key` names the collection or file, `readers` the organisations (primary keys)."""

    key: str
    ceiling: Marking
    is_abroad: bool = False
    is_simulated: bool = False
    readers: frozenset[int] = frozenset()


class ReleaseGate(Protocol):
    """What an app's `release_gate` module has."""

    def may_leave(self, item: SharedItem, destination: Destination) -> bool:
        """Return whether an item may go to a destination in another country."""


class Release(NamedTuple):
    """What may leave, and how many items were withheld for which reason."""

    items: list[SharedItem]
    withheld: Counter[WithheldReason]


def release(items: Iterable[SharedItem], destination: Destination) -> Release:
    """Return the items that may go to a destination."""
    gates = _foreign_gates() if destination.is_abroad else []
    released: list[SharedItem] = []
    withheld: Counter[WithheldReason] = Counter()
    for item in items:
        if (reason := withheld_reason(item, destination, gates)) is not None:
            withheld[reason] += 1
        else:
            released.append(item)
    return Release(released, withheld)


def withheld_reason(
    item: SharedItem, destination: Destination, gates: list[Callable[[SharedItem, Destination], bool]]
) -> WithheldReason | None:
    """Return why an item may not go to a destination; None if it may."""
    if item.marking is Marking.RED:
        return WithheldReason.RED
    if STRICTNESS[item.marking.value] < STRICTNESS[destination.ceiling.value]:
        return WithheldReason.MARKING
    if isinstance(item, SharedVerdict):
        if item.subject_kind not in shareable_kinds():
            return WithheldReason.KIND
        if destination.is_abroad and is_personal_kind(item.subject_kind):
            return WithheldReason.PERSONAL_DATA
    if item.simulated and not destination.is_simulated:
        return WithheldReason.SIMULATED
    if destination.is_abroad and not (gates and all(gate(item, destination) for gate in gates)):
        return WithheldReason.FOREIGN_GATE
    return None


def _foreign_gates() -> list[Callable[[SharedItem, Destination], bool]]:
    return [module.may_leave for module in app_modules("release_gate")]
