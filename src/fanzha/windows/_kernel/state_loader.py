"""Load saved entries and first moments after a restart."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.pointers import pointer_behind
from fanzha.windows._kernel.row_allocation import new_row, room_for
from fanzha.windows._kernel.rows import append_entry
from fanzha.windows.hash_tables import find_row, tag_of_key

NOTHING = at.NOTHING
ENTRY_HEAD = 3  # moment, place, mask


@compiled
def load(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    scratch: NDArray[np.int64],
    entries: NDArray[np.int64],
    begin: int,
) -> int:
    """Load saved entries, each [moment, place, mask, key parts, values]; return how many, all unless full.

    `entries` is an array.
    """
    parts, slots, width = plan[at.KEY_PARTS], plan[at.SLOT_COUNT], plan[at.ROW_WIDTH]
    values, earlier = pointer_behind(scratch, parts), pointer_behind(scratch, parts + slots)
    size = ENTRY_HEAD + parts + slots
    for entry_index in range(begin, len(entries) // size):
        if room_for(plan, state) < 1:
            return entry_index
        for word in range(parts + slots):
            scratch[word] = entries[entry_index * size + ENTRY_HEAD + word]
        tag = tag_of_key(state[at.SEED], scratch, parts)
        row = find_row(keys, state[at.KEYS_LAST], tag, rows, width, scratch, parts)
        if row == NOTHING:
            row = new_row(plan, state, rows, keys, tag, scratch)
        moment, position, mask = (
            entries[entry_index * size],
            entries[entry_index * size + 1],
            entries[entry_index * size + 2],
        )
        append_entry(plan, state, log, rows, pairs, values, earlier, row, moment, moment, position, mask)
    return int(len(entries) // size)


@compiled
def load_age(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    scratch: NDArray[np.int64],
    word: int,
    ages: NDArray[np.int64],
) -> None:
    """Set first and last moment at a word of the rows from an array of [key parts, first, last]."""
    parts, width = plan[at.KEY_PARTS], plan[at.ROW_WIDTH]
    for offset in range(0, len(ages), parts + 2):
        for part in range(parts):
            scratch[part] = ages[offset + part]
        tag = tag_of_key(state[at.SEED], scratch, parts)
        row = find_row(keys, state[at.KEYS_LAST], tag, rows, width, scratch, parts)
        if row != NOTHING:
            rows[row * width + word] = ages[offset + parts]
            rows[row * width + word + 1] = ages[offset + parts + 1]
