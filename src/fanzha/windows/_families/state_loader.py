"""Restore families from a saved state: each gate, slot and first moment from the log with the longest history."""

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.family import KnownSince, WindowFamily
from fanzha.windows._families.plan import FamilyPlan, Slot, StoredPart
from fanzha.windows._families.state_format import Saved, SavedFamily
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.entry_points import load_age
from fanzha.windows._kernel.state_loader import ENTRY_HEAD
from fanzha.windows.facts import UNKNOWN

Numbers = NDArray[np.int64]


def restore_family(family: WindowFamily, saved: Saved) -> None:
    """Load all facts of a saved state that a new family stores."""
    plan = family.plan
    family.restored_at = saved.latest
    same = [saved_family for saved_family in saved.families if _has_same_facts(plan, saved_family)]
    chosen: dict[StoredPart, SavedFamily] = {}
    for part in plan.stored_parts():
        candidates = [saved_family for saved_family in same if part in saved_family.stored_since()]
        if candidates:
            chosen[part] = min(candidates, key=lambda saved_family: saved_family.stored_since()[part].logged)
            family.known[part] = chosen[part].stored_since()[part]
    tables = [table for saved_family in same if (table := _convert_entries(family, saved_family, chosen)) is not None]
    if tables:
        family.load(_joined(np.concatenate(tables), len(plan.keys), plan.daily))
    for nth, age in enumerate(plan.ages):
        _fill_age(family, nth, age, chosen.get(age))


def _has_same_facts(plan: FamilyPlan, saved: SavedFamily) -> bool:
    """Return whether a saved log has the same source, keys and items (a daily log has one entry per item)."""
    same = (saved.source, saved.keys, saved.daily) == (plan.source, plan.keys, plan.daily)
    items = [Slot(gate, value, fill) for gate, value, fill, _ in saved.slots if fill == at.AS_IT_IS]
    return same and (not plan.daily or items == plan.items)


def _convert_entries(family: WindowFamily, saved: SavedFamily, chosen: dict[StoredPart, SavedFamily]) -> Numbers | None:
    """Return the entries of a saved family in the layout of the new one, with only the chosen parts."""
    plan, old = family.plan, saved.table()
    parts = len(plan.keys)
    new = np.full((len(old), ENTRY_HEAD + parts + len(plan.slots)), UNKNOWN)
    new[:, : ENTRY_HEAD + parts] = old[:, : ENTRY_HEAD + parts]
    new[:, 2] = 0
    for bit, gate in enumerate(plan.gates):
        if chosen.get(gate) is saved:
            old_bit = [name for name, _ in saved.gates].index(gate)
            new[:, 2] |= (old[:, 2] >> old_bit & 1) << bit
    slots = [slot[:3] for slot in saved.slots]
    for nth, slot in enumerate(plan.slots):
        if chosen.get(slot) is saved:
            old_nth = slots.index((slot.gate, slot.value, slot.fill))
            new[:, ENTRY_HEAD + parts + nth] = old[:, ENTRY_HEAD + parts + old_nth]
    holds = (new[:, 2] != 0) | (new[:, ENTRY_HEAD + parts :] != UNKNOWN).any(axis=1)
    return new[holds] if holds.any() else None


def _joined(table: Numbers, parts: int, daily: bool) -> Numbers:
    """Return entries in order, with the entries of one fact from several logs merged."""
    table = table[np.argsort(table[:, 1], kind="stable")]
    if daily:  # an entry is a day, not a fact; the kernel merges the entries of one day
        return table
    begins = np.flatnonzero(np.diff(table[:, 1], prepend=UNKNOWN))
    joined = table[begins]
    joined[:, 2] = np.bitwise_or.reduceat(table[:, 2], begins)
    joined[:, ENTRY_HEAD + parts :] = np.maximum.reduceat(table[:, ENTRY_HEAD + parts :], begins)
    return joined


def _fill_age(family: WindowFamily, nth: int, age: tuple[str, int], saved: SavedFamily | None) -> None:
    """Set first moments; without saved ones they are derived from the log, unless it is daily (too coarse)."""
    plan = family.plan
    word = int(family.words[int(family.words[at.AGE_TABLE]) + nth * at.AGE_WIDTH + 2])
    if plan.daily:
        family.rows.reshape(-1, family.row_width)[:, word : word + 2] = UNKNOWN
    if saved:
        data = next(data for gate, span, _, data in saved.ages if (gate, span) == age)
        ages = np.frombuffer(data, "<i8").astype(np.int64)
        load_age(family.directory, word, ages)
    elif not plan.daily and age[0] in family.known:
        begin = max(family.known[age[0]].since, family.known[age[0]].logged)
        family.known[age] = KnownSince(begin, begin)
