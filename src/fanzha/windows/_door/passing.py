"""Take facts in as they arrive, let them out in order; what was let out is remembered until it cannot matter."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._door.heap import HIGH, LOW_HALF, MOMENT, PAYLOAD, pop, push
from fanzha.windows._kernel.layout import LOW, NONE, UNKNOWN
from fanzha.windows._kernel.tables import put, stirred, tag_of, take_out

# the state: HORIZON is the moment up to which all has been let out, UNKNOWN before the first fact
HORIZON, LIVE, USED, FREE, WAITING, FIRST, BEHIND, SEED, LATE, EARLY, REPEATED, REPLACED, STATE_WIDTH = range(13)

DEAD = UNKNOWN  # the payload of an entry that was replaced by one of another moment


@compiled
def tag_of_id(seed: int, high: int, low: int) -> int:
    """Return the tag of an id."""
    return tag_of(stirred(stirred(np.uint64(seed), high), low))


@compiled
def find(slots: NDArray[np.int64], pool: NDArray[np.int64], tag: int, high: int, low: int) -> int:
    """Return the place of an id in the table, or NONE."""
    last = len(slots) - 1
    at = tag & last
    while slots[at] != NONE:
        entry = slots[at] & LOW
        if slots[at] >> 32 == tag and pool[entry, HIGH] == high and pool[entry, LOW_HALF] == low:
            return at
        at = (at + 1) & last
    return NONE


@compiled
def new_entry(state: NDArray[np.int64], pool: NDArray[np.int64], moment: int, high: int, low: int, payload: int) -> int:
    """Write an entry into the pool and return its place."""
    entry = state[FREE]
    if entry == NONE:
        entry = state[USED]
        state[USED] += 1
    else:
        state[FREE] = pool[entry, MOMENT]
    state[LIVE] += 1
    pool[entry, MOMENT], pool[entry, HIGH], pool[entry, LOW_HALF], pool[entry, PAYLOAD] = moment, high, low, payload
    return int(entry)


@compiled
def free_entry(state: NDArray[np.int64], pool: NDArray[np.int64], entry: int) -> None:
    """Give an entry back."""
    pool[entry, MOMENT] = state[FREE]
    state[FREE] = entry
    state[LIVE] -= 1


@compiled
def take(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    slots: NDArray[np.int64],
    heap: NDArray[np.int64],
    lateness: int,
    longest: int,
    not_after: int,
    facts: NDArray[np.int64],
    begin: int,
    fates: NDArray[np.int64],
    gone: NDArray[np.int64],
) -> int:
    """Take in facts [moment, high, low, payload] from `begin` on; return how many are in, all unless the pool is full.

    Each fact is judged by what came before it, so that it does not matter how a stream is cut. `fates` [facts] becomes
    LATE, EARLY, REPEATED or 0; `gone` [facts] the payload that a correction replaces, or DEAD.
    """
    for nth in range(begin, len(facts)):
        if state[LIVE] == len(pool):
            return nth
        moment, high, low, payload = facts[nth, 0], facts[nth, 1], facts[nth, 2], facts[nth, 3]
        fates[nth], gone[nth] = 0, DEAD
        horizon = state[HORIZON]
        tag = tag_of_id(state[SEED], high, low)
        at = find(slots, pool, tag, high, low)
        held = slots[at] & LOW if at != NONE else NONE
        waits = held != NONE and (horizon == UNKNOWN or pool[held, MOMENT] > horizon)
        if held != NONE and not waits and pool[held, MOMENT] > horizon - longest:
            fates[nth] = REPEATED
        elif moment > not_after:
            fates[nth] = EARLY
        elif horizon != UNKNOWN and moment <= horizon:
            fates[nth] = LATE
        if fates[nth]:
            state[fates[nth]] += 1
            continue
        if waits:
            gone[nth] = pool[held, PAYLOAD]
            state[REPLACED] += 1
            if pool[held, MOMENT] == moment:
                pool[held, PAYLOAD] = payload
                continue
            pool[held, PAYLOAD] = DEAD
        entry = new_entry(state, pool, moment, high, low, payload)
        if held != NONE:
            slots[at] = (tag << 32) | entry  # what was let out long ago is forgotten, what waited is dead
        else:
            put(slots, len(slots) - 1, tag, entry)
        push(heap, state[WAITING], pool, entry)
        state[WAITING] += 1
        state[HORIZON] = max(horizon, moment - lateness)
    return len(facts)


@compiled
def let_out(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    slots: NDArray[np.int64],
    heap: NDArray[np.int64],
    queue: NDArray[np.int64],
    longest: int,
    out: NDArray[np.int64],
) -> int:
    """Write the payloads of all up to the horizon into `out`, in order, return how many; forget ids too old to matter.

    `queue` is a ring of all entries let out and remembered, oldest first.
    """
    count = 0
    while state[WAITING] and pool[heap[0], MOMENT] <= state[HORIZON]:
        entry = pop(heap, state[WAITING], pool)
        state[WAITING] -= 1
        if pool[entry, PAYLOAD] == DEAD:
            free_entry(state, pool, entry)
            continue
        out[count] = pool[entry, PAYLOAD]
        count += 1
        queue[state[BEHIND] & (len(queue) - 1)] = entry
        state[BEHIND] += 1
    while state[FIRST] < state[BEHIND]:
        entry = queue[state[FIRST] & (len(queue) - 1)]
        if pool[entry, MOMENT] > state[HORIZON] - longest:
            break
        tag = tag_of_id(state[SEED], pool[entry, HIGH], pool[entry, LOW_HALF])
        take_out(slots, len(slots) - 1, tag, entry)
        free_entry(state, pool, entry)
        state[FIRST] += 1
    return count


@compiled
def load(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    slots: NDArray[np.int64],
    heap: NDArray[np.int64],
    queue: NDArray[np.int64],
    entries: NDArray[np.int64],
    released: int,
) -> None:
    """Take saved entries in, [moment, high, low, payload], the first `released` let out already; there must be room."""
    for nth in range(len(entries)):
        moment, high, low = entries[nth, MOMENT], entries[nth, HIGH], entries[nth, LOW_HALF]
        entry = new_entry(state, pool, moment, high, low, entries[nth, PAYLOAD])
        put(slots, len(slots) - 1, tag_of_id(state[SEED], high, low), entry)
        if nth < released:
            queue[state[BEHIND]] = entry
            state[BEHIND] += 1
        else:
            push(heap, state[WAITING], pool, entry)
            state[WAITING] += 1
