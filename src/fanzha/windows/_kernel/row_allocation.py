"""Allocate rows for keys, and compute how many more facts fit into a family."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows.hash_tables import insert

NONE, NOTHING = at.NONE, at.NOTHING


@compiled
def room_for(plan: NDArray[np.int64], state: NDArray[np.int64]) -> int:
    """Return how many more facts fit for certain; tables are filled to five eighths at most."""
    room = state[at.RING] + 1 - (state[at.NEXT] - state[at.OLDEST])
    room = min(room, state[at.ROW_ROOM] - state[at.LIVE_KEYS])
    room = min(room, ((state[at.KEYS_LAST] + 1) * 5 >> 3) - state[at.LIVE_KEYS])
    if plan[at.ITEM_COUNT]:
        room = min(room, (((state[at.PAIRS_LAST] + 1) * 5 >> 3) - state[at.LIVE_PAIRS]) // plan[at.ITEM_COUNT])
    return int(room)


@compiled
def new_row(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    tag: int,
    key: NDArray[np.int64],
) -> int:
    """Return an empty row for a key that has none."""
    width = plan[at.ROW_WIDTH]
    row = state[at.FREE_ROW]
    if row == NONE:
        row = state[at.ROWS_USED]
        state[at.ROWS_USED] += 1
    else:
        state[at.FREE_ROW] = rows[row * width]
    state[at.LIVE_KEYS] += 1
    insert(keys, state[at.KEYS_LAST], tag, row)
    base = row * width
    for word in range(width):
        rows[base + word] = rows[NOTHING * width + word]
    for part in range(plan[at.KEY_PARTS]):
        rows[base + part] = key[part]
    return int(row)
