"""Kernels that look up numbers in a base and its deltas; decision kernels call them too."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.claims.snapshot_format.hash_tables import HashTable, Uint64Array, home_slot
from fanzha.claims.snapshot_format.keys import MAX_PROFILES, PROFILE_BITS

_PROFILE_MASK = MAX_PROFILES - 1


class NumberTables(NamedTuple):
    """Read-only arrays of numbers for kernels. Profile 0 means "not listed".

    `numbers` [n, 1] holds key << 14 | profile; `spilled` and `changed` [n, 2] hold key, profile.
    `changed` takes precedence.
    """

    numbers: Uint64Array
    multiplier: np.uint64
    slots: np.uint64
    spilled: Uint64Array
    spilled_multiplier: np.uint64
    spilled_slots: np.uint64
    changed: Uint64Array
    changed_multiplier: np.uint64
    changed_slots: np.uint64


def number_tables(numbers: HashTable, spilled: HashTable, changed: HashTable) -> NumberTables:
    """Return three tables in the form that kernels take."""
    figures = [
        (table.rows, np.uint64(table.multiplier), np.uint64(table.slots)) for table in (numbers, spilled, changed)
    ]
    return NumberTables(*figures[0], *figures[1], *figures[2])


@compiled
def find_row(key: np.uint64, table: Uint64Array, multiplier: np.uint64, slots: np.uint64) -> int:
    """Return the row of a key in a table of two words, -1 if it is missing."""
    at = np.int64(home_slot(key, multiplier, slots))
    while table[at, 0] != 0:
        if table[at, 0] == key:
            return int(at)
        at += 1
    return -1


@compiled
def find_profile(key: np.uint64, tables: NumberTables) -> int:
    """Return the profile of a number's key, 0 if it is not listed."""
    changed = find_row(key, tables.changed, tables.changed_multiplier, tables.changed_slots)
    if changed >= 0:
        return int(np.int64(tables.changed[changed, 1]))
    at = np.int64(home_slot(key, tables.multiplier, tables.slots))
    while tables.numbers[at, 0] != 0:
        if tables.numbers[at, 0] >> np.uint64(PROFILE_BITS) == key:
            return int(np.int64(tables.numbers[at, 0] & np.uint64(_PROFILE_MASK)))
        at += 1
    spilled = find_row(key, tables.spilled, tables.spilled_multiplier, tables.spilled_slots)
    return int(np.int64(tables.spilled[spilled, 1])) if spilled >= 0 else 0


@compiled
def find_profiles(keys: Uint64Array, tables: NumberTables, found: NDArray[np.uint32]) -> None:
    """Fill in the profile of each key, 0 where it is not listed; keys of 0 are never listed."""
    for row in range(len(keys)):
        found[row] = find_profile(keys[row], tables) if keys[row] != 0 else 0


@compiled
def mark_in_base(keys: Uint64Array, tables: NumberTables) -> NDArray[np.bool_]:
    """Return which keys the base holds, ignoring deltas."""
    found = np.zeros(len(keys), np.bool_)
    for row in range(len(keys)):
        at = np.int64(home_slot(keys[row], tables.multiplier, tables.slots))
        while tables.numbers[at, 0] != 0 and tables.numbers[at, 0] >> np.uint64(PROFILE_BITS) != keys[row]:
            at += 1
        found[row] = tables.numbers[at, 0] != 0 or (
            find_row(keys[row], tables.spilled, tables.spilled_multiplier, tables.spilled_slots) >= 0
        )
    return found
