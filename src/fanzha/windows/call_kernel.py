"""Kernels of the call register: join offers to answers and ends, and time waits."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows.facts import UNKNOWN

OFFERED, ANSWERED, ENDED = 0, 1, 2
FORGOTTEN_MS = 86_400_000  # an older offer is not joined

#: Columns of `slots`: the call's code + 1 (0 = empty), moments of offer and answer (UNKNOWN = none).
CALL, OFFER_AT, ANSWER_AT = 0, 1, 2


@compiled
def copy_columns(target: NDArray[np.int64], to: int, source: NDArray[np.int64], row: int, begin: int, end: int) -> None:
    """Copy some columns of a row: numba takes ten times as long to compile an assignment of slices."""
    for column in range(begin, end):
        target[to, column] = source[row, column]


@compiled
def copy_row(target: NDArray[np.int64], to: int, source: NDArray[np.int64], row: int) -> None:
    """Copy a row."""
    copy_columns(target, to, source, row, 0, source.shape[1])


@compiled
def find(slots: NDArray[np.int64], call: int, seed: np.uint64) -> int:
    """Return the slot of a call, or the empty slot for it."""
    last = np.uint64(len(slots) - 1)
    mixed = (np.uint64(call) ^ seed) * np.uint64(0xFF51AFD7ED558CCD)
    slot = (mixed ^ (mixed >> np.uint64(32))) & last
    while slots[slot, 0] != 0 and slots[slot, 0] != call + 1:
        slot = (slot + np.uint64(1)) & last
    return int(np.int64(slot))


@compiled
def remove(slots: NDArray[np.int64], values: NDArray[np.int64], at: int, seed: np.uint64) -> None:
    """Empty a slot and shift the slots behind it that would become unreachable."""
    last = len(slots) - 1
    hole, slot_index = at, at
    while True:
        slot_index = (slot_index + 1) & last
        if slots[slot_index, 0] == 0:
            break
        mixed = (np.uint64(slots[slot_index, 0] - 1) ^ seed) * np.uint64(0xFF51AFD7ED558CCD)
        home = int(np.int64((mixed ^ (mixed >> np.uint64(32))) & np.uint64(last)))
        if ((slot_index - home) & last) >= ((slot_index - hole) & last):
            copy_row(slots, hole, slots, slot_index)
            copy_row(values, hole, values, slot_index)
            hole = slot_index
    slots[hole, 0] = 0


@compiled
def join(
    roles: NDArray[np.int8],
    calls: NDArray[np.int64],
    moments: NDArray[np.int64],
    offered: int,
    columns: NDArray[np.int64],
    slots: NDArray[np.int64],
    values: NDArray[np.int64],
    used: int,
    seed: np.uint64,
) -> int:
    """Fill in what each fact knows of its call; the first `offered` columns are the offer's, the rest the answer's.

    Returns how many calls are open afterwards. `slots` has room for every offer of the stretch.
    """
    for row in range(len(roles)):
        if calls[row] == UNKNOWN:
            continue
        at = find(slots, calls[row], seed)
        is_open = slots[at, CALL] != 0 and moments[row] - slots[at, OFFER_AT] < FORGOTTEN_MS
        if roles[row] == OFFERED:
            if slots[at, CALL] == 0:
                used += 1
            slots[at, CALL], slots[at, OFFER_AT], slots[at, ANSWER_AT] = calls[row] + 1, moments[row], UNKNOWN
            copy_columns(values, at, columns, row, 0, offered)
        elif is_open:
            copy_columns(columns, row, values, at, 0, offered)
            if roles[row] == ANSWERED:
                slots[at, ANSWER_AT] = moments[row]
                copy_columns(values, at, columns, row, offered, columns.shape[1])
            elif slots[at, ANSWER_AT] != UNKNOWN:
                copy_columns(columns, row, values, at, offered, columns.shape[1])
        if roles[row] == ENDED and slots[at, CALL] != 0:
            remove(slots, values, at, seed)
            used -= 1
    return used


@compiled
def move(
    slots: NDArray[np.int64],
    values: NDArray[np.int64],
    to_slots: NDArray[np.int64],
    to_values: NDArray[np.int64],
    now: int,
    seed: np.uint64,
) -> int:
    """Copy the calls younger than `FORGOTTEN_MS` into empty tables; return their number."""
    moved = 0
    for at in range(len(slots)):
        if slots[at, CALL] != 0 and now - slots[at, OFFER_AT] < FORGOTTEN_MS:
            to = find(to_slots, slots[at, CALL] - 1, seed)
            copy_row(to_slots, to, slots, at)
            copy_row(to_values, to, values, at)
            moved += 1
    return moved


@compiled
def fill(
    slots: NDArray[np.int64],
    values: NDArray[np.int64],
    from_slots: NDArray[np.int64],
    from_values: NDArray[np.int64],
    seed: np.uint64,
) -> None:
    """Insert calls into a table that has room for them."""
    for row in range(len(from_slots)):
        at = find(slots, from_slots[row, CALL] - 1, seed)
        copy_row(slots, at, from_slots, row)
        copy_row(values, at, from_values, row)


#: Columns of `entries`: due moment, call (UNKNOWN = ended), next entry of the same call (-1 = none).
DUE, WAITING, NEXT = 0, 1, 2


@compiled
def append(entries: NDArray[np.int64], entry: int, heads: NDArray[np.int64], seed: np.uint64) -> None:
    """Append an entry to the chain of its call; `heads` holds call code + 1, first and last entry."""
    call = entries[entry, WAITING]
    entries[entry, NEXT] = -1
    at = find(heads, call, seed)
    if heads[at, 0] == 0:
        heads[at, 0], heads[at, 1] = call + 1, entry
    else:
        entries[heads[at, 2], NEXT] = entry
    heads[at, 2] = entry


@compiled
def chain(entries: NDArray[np.int64], stop: int, heads: NDArray[np.int64], seed: np.uint64) -> None:
    """Build the chains of all pending entries in empty `heads`."""
    for entry in range(stop):
        if entries[entry, WAITING] != UNKNOWN:
            append(entries, entry, heads, seed)


@compiled
def wait(
    roles: NDArray[np.int8],
    calls: NDArray[np.int64],
    moments: NDArray[np.int64],
    columns: NDArray[np.int64],
    starts: int,
    ends: int,
    wait_ms: int,
    until: int,
    entries: NDArray[np.int64],
    fact_columns: NDArray[np.int64],
    first: int,
    stop: int,
    heads: NDArray[np.int64],
    seed: np.uint64,
    due: NDArray[np.int64],
    out: NDArray[np.int64],
) -> tuple[int, int]:
    """Begin a wait at each fact of role `starts`, end a call's waits at a role of at least `ends`, release those left.

    Entries are in order of time from `first` to `stop`. Waits due before `until` are written to `due` and `out`.
    Returns the new `first` and how many were released.
    """
    released = 0
    for row in range(len(roles) + 1):
        now = moments[row] if row < len(roles) else until
        while first < stop and entries[first, DUE] < now:
            call = entries[first, WAITING]
            if call != UNKNOWN:
                due[released] = entries[first, DUE]
                copy_row(out, released, fact_columns, first)
                released += 1
                at = find(heads, call, seed)
                heads[at, 1] = entries[first, NEXT]
                if heads[at, 1] < 0:
                    remove(heads, heads, at, seed)
            first += 1
        if row == len(roles) or calls[row] == UNKNOWN:
            continue
        if roles[row] >= ends:
            at = find(heads, calls[row], seed)
            if heads[at, 0] != 0:
                entry = heads[at, 1]
                while entry >= 0:
                    entries[entry, WAITING] = UNKNOWN
                    entry = entries[entry, NEXT]
                remove(heads, heads, at, seed)
        if roles[row] == starts:
            entries[stop, DUE], entries[stop, WAITING] = moments[row] + wait_ms, calls[row]
            copy_row(fact_columns, stop, columns, row)
            append(entries, stop, heads, seed)
            stop += 1
    return first, released
