"""Make room for keys: whether a family takes one more fact, and the empty row of a new key."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.tables import put

NONE, UNKNOWN = at.NONE, at.UNKNOWN


@compiled
def full(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
) -> bool:
    """Whether one more fact might not fit; tables are kept five eighths full at most."""
    return bool(
        (state[at.NEXT] - state[at.OLDEST] + 1) * plan[at.ENTRY_WIDTH] > len(log)
        or (state[at.LIVE_KEYS] + 1) * plan[at.ROW_WIDTH] > len(rows)
        or (state[at.LIVE_KEYS] + 1) * 8 > len(keys) * 5
        or (state[at.LIVE_PAIRS] + plan[at.ITEM_COUNT]) * 8 > len(pairs) * 5
    )


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
    row = state[at.FREE_ROW]
    if row == NONE:
        row = state[at.ROWS_USED]
        state[at.ROWS_USED] += 1
    else:
        state[at.FREE_ROW] = rows[row * plan[at.ROW_WIDTH]]
    state[at.LIVE_KEYS] += 1
    put(keys, tag, row)
    base = row * plan[at.ROW_WIDTH]
    rows[base : base + plan[at.ROW_WIDTH]] = 0
    for part in range(plan[at.KEY_PARTS]):
        rows[base + part] = key[part]
    rows[base + plan[at.TAIL]] = NONE
    for span in range(plan[at.SPAN_COUNT]):
        rows[base + plan[plan[at.SPAN_TABLE] + span * at.SPAN_WIDTH + 1]] = NONE
    for one in range(plan[at.LAST_COUNT]):
        rows[base + plan[plan[at.LAST_TABLE] + one * at.LAST_WIDTH + 1]] = UNKNOWN
    for one in range(plan[at.AGE_COUNT]):
        rows[base + plan[plan[at.AGE_TABLE] + one * at.AGE_WIDTH + 2]] = UNKNOWN
    for one in range(plan[at.EXTREME_COUNT]):
        word = base + plan[plan[at.EXTREME_TABLE] + one * at.EXTREME_WIDTH + 3]
        rows[word] = rows[word + 1] = NONE
    return int(row)
