"""The most frequent value of each of many sliding windows over one sequence, exact, in n log n steps.

Between two changes, a value has one count and one latest entry in all windows of a run. Such runs, painted over the
windows by doubling lengths, leave in each window the largest count, and among equal counts the latest entry.
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_INDEX_BITS = 32
_INDEX = (1 << _INDEX_BITS) - 1


def find_modes(values: Numbers, begins: Numbers, ends: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each window the index of the latest entry of its most frequent value, and that value's count.

    Window t holds the entries `begins[t]` to `ends[t]`, the last left out; neither may fall from one window to the
    next. Of several values with the largest count it is the one whose latest entry in the window is the latest. Where a
    window is empty the index is -1 and the count 0.
    """
    best = np.zeros(len(begins), np.int64)
    first, priority, stop = _find_runs(values, begins, ends)
    level = np.frexp((stop - first).astype(np.float64))[1] - 1  # a run is covered by two stretches of 2**level windows
    for size in range(int(level.max(initial=-1)), -1, -1):
        half = 1 << size
        if len(best) > half:
            np.maximum(best[half:], best[:-half].copy(), out=best[half:])
        runs = level == size
        np.maximum.at(best, first[runs], priority[runs])
        np.maximum.at(best, stop[runs] - half, priority[runs])
    counts = best >> _INDEX_BITS
    return np.where(counts > 0, best & _INDEX, -1), counts


def _find_runs(values: Numbers, begins: Numbers, ends: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return runs of windows in which a value has one count and latest entry: first window, priority, window after it.

    The priority is the count, then the index of the latest entry.
    """
    entries = np.arange(len(values))
    enters, leaves = np.searchsorted(ends, entries, "right"), np.searchsorted(begins, entries, "right")
    seen = np.flatnonzero(enters < leaves)
    kinds = np.concatenate((values[seen], values[seen]))
    windows = np.concatenate((enters[seen], leaves[seen]))
    order = np.lexsort((windows, kinds))  # stable: of one window, entries that come before those that leave
    is_added = order < len(seen)
    latest = np.maximum.accumulate(np.where(is_added, np.arange(len(order)), 0))
    counts = np.cumsum(np.where(is_added, 1, -1))
    index = seen[order[latest]] if len(order) else order
    windows = windows[order]
    runs = np.flatnonzero((windows[1:] > windows[:-1]) & (counts[:-1] > 0))
    return windows[runs], counts[runs] << _INDEX_BITS | index[runs], windows[runs + 1]
