"""Open-addressing hash tables: a slot holds 31 bits of a seeded hash and a number; deletion leaves no tombstones.

A slot is `tag << 32 | number`, or NONE. What the number names (a row, an entry) holds the real key, which is compared.
The home of a slot follows from its tag alone, so that tables grow and close gaps without touching what they name.
`last` is the number of slots, a power of two, less one.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel.layout import LOW, NONE, NOTHING


@compiled
def mix_hash(state: np.uint64, part: int) -> np.uint64:
    """Mix one more part into a hash (the finaliser of MurmurHash3)."""
    state ^= np.uint64(part)
    state ^= state >> np.uint64(33)
    state *= np.uint64(0xFF51AFD7ED558CCD)
    state ^= state >> np.uint64(33)
    state *= np.uint64(0xC4CEB9FE1A85EC53)
    return state ^ (state >> np.uint64(33))


@compiled
def tag_of(state: np.uint64) -> int:
    """Return the 31 bits of a hash that a slot keeps."""
    return int(np.int64(state >> np.uint64(33)))


@compiled
def tag_of_key(seed: int, key: NDArray[np.int64], parts: int) -> int:
    """Return the tag of a key's parts."""
    state = np.uint64(seed)
    for part in range(parts):
        state = mix_hash(state, key[part])
    return tag_of(state)


@compiled
def find_row(
    slots: NDArray[np.int64],
    last: int,
    tag: int,
    rows: NDArray[np.int64],
    width: int,
    key: NDArray[np.int64],
    parts: int,
) -> int:
    """Return the row whose first words are the key's parts, or NOTHING."""
    at = tag & last
    slot = slots[at]
    while slot != NONE:
        if slot >> 32 == tag:
            row = slot & LOW
            same = rows[row * width] == key[0]
            for part in range(1, parts):
                same &= rows[row * width + part] == key[part]
            if same:
                return int(row)
        at = (at + 1) & last
        slot = slots[at]
    return NOTHING


@compiled
def insert(slots: NDArray[np.int64], last: int, tag: int, number: int) -> None:
    """Insert a number that is not in the table; there must be room."""
    at = tag & last
    while slots[at] != NONE:
        at = (at + 1) & last
    slots[at] = (tag << 32) | number


@compiled
def delete(slots: NDArray[np.int64], last: int, tag: int, number: int) -> bool:
    """Delete a number and close the gap; return False if it was not in the table."""
    gap = tag & last
    slot = (tag << 32) | number
    while slots[gap] != slot:
        if slots[gap] == NONE:
            return False
        gap = (gap + 1) & last
    at = (gap + 1) & last
    while slots[at] != NONE:
        home = (slots[at] >> 32) & last
        if ((at - home) & last) >= ((at - gap) & last):
            slots[gap] = slots[at]
            gap = at
        at = (at + 1) & last
    slots[gap] = NONE
    return True


@compiled
def move(old: NDArray[np.int64], new: NDArray[np.int64]) -> None:
    """Copy all slots of one table into another."""
    for slot in old:
        if slot != NONE:
            insert(new, len(new) - 1, slot >> 32, slot & LOW)
