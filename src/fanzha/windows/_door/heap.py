"""A heap of those who wait at the door: the earliest by (moment, id) stands in front; its places name entries."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled

# words of an entry of the pool; the two halves of an id are turned so that signed order is the order of the bytes
MOMENT, HIGH, LOW_HALF, PAYLOAD, ENTRY_WIDTH = range(5)


@compiled
def comes_before(pool: NDArray[np.int64], one: int, other: int) -> bool:
    """Whether an entry stands before another in the sequence."""
    for word in range(PAYLOAD):
        if pool[one, word] != pool[other, word]:
            return bool(pool[one, word] < pool[other, word])
    return False


@compiled
def push(heap: NDArray[np.int64], size: int, pool: NDArray[np.int64], entry: int) -> None:
    """Add an entry to a heap of `size`; there must be room."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if not comes_before(pool, entry, heap[above]):
            break
        heap[place] = heap[above]
        place = above
    heap[place] = entry


@compiled
def pop(heap: NDArray[np.int64], size: int, pool: NDArray[np.int64]) -> int:
    """Take the earliest entry out of a heap of `size` and return it."""
    first, last = heap[0], heap[size - 1]
    size -= 1
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and comes_before(pool, heap[below + 1], heap[below]):
            below += 1
        if not comes_before(pool, heap[below], last):
            break
        heap[place] = heap[below]
        place = below
    heap[place] = last
    return int(first)
