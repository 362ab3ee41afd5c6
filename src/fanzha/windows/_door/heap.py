"""A heap of those who wait at the door: the earliest by (moment, id) stands in front; places name entries."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

# All arrays are bare pointers (fanzha.windows._kernel.memory): handing arrays on costs more than the work on them.
# An entry is named by where it begins in the pool.
# words of an entry of the pool; the two halves of an id are turned so that signed order is the order of the bytes
MOMENT, HIGH, LOW_HALF, PAYLOAD, ENTRY_WIDTH = range(5)

PLACE_WIDTH = 2  # words of a place: the moment again, so that most comparisons need not look into the pool


@compiled
def comes_before(pool: NDArray[np.int64], moment: int, one: int, other_moment: int, other: int) -> bool:
    """Whether an entry stands before another in the sequence."""
    if moment != other_moment:
        return moment < other_moment
    if pool[one + HIGH] != pool[other + HIGH]:
        return bool(pool[one + HIGH] < pool[other + HIGH])
    return bool(pool[one + LOW_HALF] < pool[other + LOW_HALF])


@compiled
def rise(heap: NDArray[np.int64], place: int, pool: NDArray[np.int64], moment: int, entry: int) -> None:
    """Let an entry rise from a free place to where it belongs."""
    while place > 0:
        above = (place - 1) >> 1
        if not comes_before(pool, moment, entry, heap[2 * above], heap[2 * above + 1]):
            break
        heap[2 * place], heap[2 * place + 1] = heap[2 * above], heap[2 * above + 1]
        place = above
    heap[2 * place], heap[2 * place + 1] = moment, entry


@compiled
def push(heap: NDArray[np.int64], size: int, pool: NDArray[np.int64], entry: int) -> None:
    """Add an entry to a heap of `size`; there must be room."""
    rise(heap, size, pool, pool[entry + MOMENT], entry)


@compiled
def pop(heap: NDArray[np.int64], size: int, pool: NDArray[np.int64]) -> int:
    """Take the earliest entry out of a heap of `size` and return it: the gap goes down, then the last one fills it."""
    first, size = heap[1], size - 1
    place, below = 0, 1
    while below < size:
        next_ = below + 1
        if next_ < size and comes_before(
            pool, heap[2 * next_], heap[2 * next_ + 1], heap[2 * below], heap[2 * below + 1]
        ):
            below = next_
        heap[2 * place], heap[2 * place + 1] = heap[2 * below], heap[2 * below + 1]
        place, below = below, 2 * below + 1
    rise(heap, place, pool, heap[2 * size], heap[2 * size + 1])
    return int(first)
