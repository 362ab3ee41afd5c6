"""Saved state of windows: it stores facts instead of tables, so that other windows over them can be restored.

Version 1, MessagePack: the last moment; for each family its source, keys, gates, slots and ages with since when, the
entries [moment, place, mask of gates, key parts, values of slots] and for each age [key parts, first, last], int64.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError
from fanzha.windows._families.family import KnownSince, WindowFamily
from fanzha.windows._families.plan import Slot, StoredPart
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.days import day_of
from fanzha.windows._kernel.state_loader import ENTRY_HEAD
from fanzha.windows.facts import UNKNOWN

VERSION = 1

Since = tuple[int, int] | None  # since, logged; None: no fact yet


class SavedFamily(msgspec.Struct, frozen=True):
    """The saved content of one log."""

    source: int
    keys: tuple[str, ...]
    daily: bool
    gates: list[tuple[str, Since]]
    slots: list[tuple[str, str, int, Since]]
    ages: list[tuple[str, int, Since, bytes]]
    entries: bytes

    def table(self) -> NDArray[np.int64]:
        """Return the entries as a table."""
        width = ENTRY_HEAD + len(self.keys) + len(self.slots)
        return np.frombuffer(self.entries, "<i8").reshape(-1, width)

    def stored_since(self) -> dict[StoredPart, KnownSince]:
        """Return the stored parts and since when each is known."""
        parts: list[tuple[StoredPart, Since]] = [*self.gates]
        parts += [(Slot(gate, value, fill), since) for gate, value, fill, since in self.slots]
        parts += [((gate, span), since) for gate, span, since, _ in self.ages]
        return {part: KnownSince(*since) for part, since in parts if since}


class Saved(msgspec.Struct, frozen=True):
    """The whole state."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    latest: int
    families: list[SavedFamily]


def encode_state(families: Sequence[WindowFamily], latest: int) -> bytes:
    """Return the state of all families as bytes."""
    return msgspec.msgpack.encode(Saved(VERSION, latest, [_saved(family, latest) for family in families]))


def decode_state(data: bytes) -> Saved:
    """Decode a state of `encode_state`. Raise UsageError for other data."""
    try:
        saved = msgspec.msgpack.decode(data, type=Saved)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"this is no saved state of windows: {error}", fix="start anew and replay the events"
        ) from error
    if saved.version != VERSION:
        raise UsageError(f"the saved windows have version {saved.version}, not {VERSION}", fix="replay the events")
    return saved


def _saved(family: WindowFamily, latest: int) -> SavedFamily:
    plan = family.plan
    oldest = family.window_start(family.longest, latest)

    def since(part: StoredPart) -> Since:
        known_since = family.known.get(part)
        return (known_since.since, max(known_since.logged, oldest)) if known_since else None

    return SavedFamily(
        plan.source,
        plan.keys,
        plan.daily,
        [(gate, since(gate)) for gate in plan.gates],
        [(slot.gate, slot.value, slot.fill, since(slot)) for slot in plan.slots],
        [(*age, since(age), _ages(family, nth, latest).astype("<i8").tobytes()) for nth, age in enumerate(plan.ages)],
        _entries(family, oldest).astype("<i8").tobytes(),
    )


def _entries(family: WindowFamily, oldest: int) -> NDArray[np.int64]:
    entries = family.entries()
    flags = entries[:, at.FLAGS]
    live = (entries[:, at.MOMENT] >= oldest) & (flags & at.FORGOTTEN == 0)
    entries, flags = entries[live], flags[live]
    keys = family.rows.reshape(-1, family.row_width)[entries[:, at.LINK] >> 32, : len(family.plan.keys)]
    mask = (flags >> at.MASK_BIT) & (1 << at.MOST_GATES) - 1
    values = entries[:, at.VALUES : at.VALUES + len(family.plan.slots)]
    return np.column_stack((entries[:, at.MOMENT], entries[:, at.PLACE], mask, keys, values))


def _ages(family: WindowFamily, nth: int, latest: int) -> NDArray[np.int64]:
    table = int(family.words[at.AGE_TABLE]) + nth * at.AGE_WIDTH
    span, word = int(family.words[table + 1]), int(family.words[table + 2])
    live = family.keys[family.keys != at.NONE] & at.LOW
    rows = family.rows.reshape(-1, family.row_width)[live]
    now = day_of(latest) if family.plan.daily else latest
    rows = rows[(rows[:, word] != UNKNOWN) & (rows[:, word + 1] > now - span)]
    ages = np.column_stack((rows[:, : len(family.plan.keys)], rows[:, word : word + 2]))
    return ages[np.lexsort(ages.T)]  # deterministic: equal facts give equal bytes
