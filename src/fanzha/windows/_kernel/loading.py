"""Take kept entries and first moments in again, after a restart."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.opening import full, new_row
from fanzha.windows._kernel.rows import take_in
from fanzha.windows._kernel.tables import find_row, tag_of_key

NONE = at.NONE


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
    """Take kept entries in again, [moment, place, mask, key parts, values] each; return how many, as `stretch` does."""
    parts = plan[at.KEY_PARTS]
    width = 3 + parts + plan[at.SLOT_COUNT]
    for one in range(begin, len(entries) // width):
        if full(plan, state, log, rows, keys, pairs):
            return one
        entry = entries[one * width : (one + 1) * width]
        scratch[: width - 3] = entry[3:]
        tag = tag_of_key(state[at.SEED], scratch, parts)
        row = find_row(keys, tag, rows, plan[at.ROW_WIDTH], scratch, parts)
        if row == NONE:
            row = new_row(plan, state, rows, keys, tag, scratch)
        take_in(plan, state, log, rows, pairs, scratch, row, entry[0], entry[0], entry[1], entry[2])
    return int(len(entries) // width)


@compiled
def load_age(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    word: int,
    ages: NDArray[np.int64],
) -> None:
    """Set first and last moment at a word of the rows from [key parts, first, last] each, where the key has a row."""
    parts = plan[at.KEY_PARTS]
    for one in range(0, len(ages), parts + 2):
        key = ages[one : one + parts]
        row = find_row(keys, tag_of_key(state[at.SEED], key, parts), rows, plan[at.ROW_WIDTH], key, parts)
        if row != NONE:
            rows[row * plan[at.ROW_WIDTH] + word] = ages[one + parts]
            rows[row * plan[at.ROW_WIDTH] + word + 1] = ages[one + parts + 1]
