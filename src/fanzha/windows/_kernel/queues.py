"""Keep the minimum and maximum of a span: a monotonic queue of entries, linked through the log.

Facts come in order, so an older entry that is no better can never be the result again.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at

NONE, LOW, VALUES, UNKNOWN = at.NONE, at.LOW, at.VALUES, at.UNKNOWN


@compiled
def drop_old(
    plan: NDArray[np.int64], log: NDArray[np.int64], ring: int, rows: NDArray[np.int64], base: int, now: int
) -> None:
    """Remove entries older than the span from the front of each queue of a row."""
    for queue_index in range(plan[at.EXTREME_COUNT]):
        table = plan[at.EXTREME_TABLE] + queue_index * at.EXTREME_WIDTH
        drop_front(plan, log, ring, rows, base, table, now - plan[table + 1], NONE)


@compiled
def drop_until(
    plan: NDArray[np.int64], log: NDArray[np.int64], ring: int, rows: NDArray[np.int64], base: int, position: int
) -> None:
    """Remove the entries up to a position from each queue of a row, regardless of its span."""
    for queue_index in range(plan[at.EXTREME_COUNT]):
        table = plan[at.EXTREME_TABLE] + queue_index * at.EXTREME_WIDTH
        drop_front(plan, log, ring, rows, base, table, UNKNOWN, position)


@compiled
def drop_front(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    base: int,
    table: int,
    oldest: int,
    last: int,
) -> None:
    """Remove entries up to the moment `oldest` or the position `last` from one queue; `table` is its place in the plan.

    `oldest` is UNKNOWN, or `last` is NONE, where that limit does not apply.
    """
    width, word = plan[at.ENTRY_WIDTH], base + plan[table + 3]
    front = rows[word]
    while front != NONE:
        entry = (front & ring) * width
        if log[entry + at.MOMENT] > oldest and front > last:
            break
        if front == rows[word + 1]:
            front = rows[word + 1] = NONE
        else:
            front += (log[entry + plan[table + 4]] - front) & LOW
    rows[word] = front


@compiled
def pop_back(log: NDArray[np.int64], rows: NDArray[np.int64], word: int, entry: int, link: int) -> None:
    """Remove the last entry of the queue whose front and back are at `word`."""
    back = rows[word + 1]
    if back == rows[word]:
        rows[word] = rows[word + 1] = NONE
    else:
        rows[word + 1] = back - ((back - (log[entry + link] >> 32)) & LOW)


@compiled
def push(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    base: int,
    position: int,
    queue_index: int,
    values: NDArray[np.int64],
) -> None:
    """Append the key's latest entry and remove entries that are no better; `values` says whether it is known.

    An entry already at the back with an equal value stays.
    """
    width = plan[at.ENTRY_WIDTH]
    table = plan[at.EXTREME_TABLE] + queue_index * at.EXTREME_WIDTH
    slot, sign, word, link = plan[table], plan[table + 2], base + plan[table + 3], plan[table + 4]
    if values[slot] == UNKNOWN or rows[word + 1] == position:
        return
    value = sign * log[(position & ring) * width + VALUES + slot]
    while rows[word + 1] != NONE:
        entry = (rows[word + 1] & ring) * width
        if sign * log[entry + VALUES + slot] < value:
            break
        pop_back(log, rows, word, entry, link)
    back = rows[word + 1]
    link_offset = (position & ring) * width + link
    if back == NONE:
        rows[word] = position
        log[link_offset] = position & LOW
    else:
        before = (back & ring) * width + link
        log[before] = (log[before] >> 32 << 32) | (position & LOW)
        log[link_offset] = (back & LOW) << 32
    rows[word + 1] = position


@compiled
def take_back(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    base: int,
    position: int,
    values: NDArray[np.int64],
) -> None:
    """Remove the key's latest entry from each queue in which its value is about to improve."""
    width = plan[at.ENTRY_WIDTH]
    entry = (position & ring) * width
    for queue_index in range(plan[at.EXTREME_COUNT]):
        table = plan[at.EXTREME_TABLE] + queue_index * at.EXTREME_WIDTH
        slot, sign, word = plan[table], plan[table + 2], base + plan[table + 3]
        better = values[slot] != UNKNOWN and sign * values[slot] < sign * log[entry + VALUES + slot]
        if rows[word + 1] == position and better:
            pop_back(log, rows, word, entry, plan[table + 4])
