"""Take facts in as they arrive, let them out in order; what was let out is remembered until it cannot matter."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._door.heap import ENTRY_WIDTH, HIGH, LOW_HALF, MOMENT, PAYLOAD, pop, push
from fanzha.windows._kernel.layout import LOW, NONE, UNKNOWN
from fanzha.windows._kernel.memory import bid, pointer_behind, pointer_to
from fanzha.windows._kernel.tables import put, stirred, tag_of, take_out

# the state: HORIZON is the moment up to which all has been let out, UNKNOWN before the first fact
HORIZON, LIVE, USED, FREE, WAITING, FIRST, BEHIND, SEED, LATE, EARLY, REPEATED, REPLACED, LET_OUT = range(13)
STATE_WIDTH = 13

AHEAD = 16  # facts whose ids are bid for before their turn

DEAD = UNKNOWN  # the payload of an entry that was replaced by one of another moment


@compiled
def tag_of_id(seed: int, high: int, low: int) -> int:
    """Return the tag of an id."""
    return tag_of(stirred(stirred(np.uint64(seed), high), low))


@compiled
def find(slots: NDArray[np.int64], last: int, pool: NDArray[np.int64], tag: int, high: int, low: int) -> int:
    """Return the place of an id in the table, or NONE."""
    place = tag & last
    while slots[place] != NONE:
        if slots[place] >> 32 == tag:
            entry = (slots[place] & LOW) * ENTRY_WIDTH
            if pool[entry + HIGH] == high and pool[entry + LOW_HALF] == low:
                return int(place)
        place = (place + 1) & last
    return NONE


@compiled
def new_entry(state: NDArray[np.int64], pool: NDArray[np.int64], moment: int, high: int, low: int, payload: int) -> int:
    """Write an entry into the pool and return where it begins."""
    entry = state[FREE]
    if entry == NONE:
        entry = state[USED] * ENTRY_WIDTH
        state[USED] += 1
    else:
        state[FREE] = pool[entry + MOMENT]
    state[LIVE] += 1
    pool[entry + MOMENT], pool[entry + HIGH] = moment, high
    pool[entry + LOW_HALF], pool[entry + PAYLOAD] = low, payload
    return int(entry)


@compiled
def free_entry(state: NDArray[np.int64], pool: NDArray[np.int64], entry: int) -> None:
    """Give an entry back."""
    pool[entry + MOMENT] = state[FREE]
    state[FREE] = entry
    state[LIVE] -= 1


@compiled
def fate_of(
    state: NDArray[np.int64], pool: NDArray[np.int64], held: int, moment: int, longest: int, not_after: int
) -> int:
    """Return LATE, EARLY or REPEATED for a fact that is not let in, else 0; `held` is the entry of its id, or NONE."""
    horizon = state[HORIZON]
    if held != NONE and horizon != UNKNOWN and horizon - longest < pool[held + MOMENT] <= horizon:
        return REPEATED
    if moment > not_after:
        return EARLY
    return LATE if horizon != UNKNOWN and moment <= horizon else 0


@compiled
def let_out(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    slots: NDArray[np.int64],
    slots_last: int,
    heap: NDArray[np.int64],
    queue: NDArray[np.int64],
    queue_last: int,
    longest: int,
    out: NDArray[np.int64],
) -> None:
    """Write the payloads of all up to the horizon into `out`, in order; forget ids too old to matter.

    `queue` is a ring of all entries let out and remembered, oldest first; LET_OUT tells how many stand in `out`.
    """
    horizon = state[HORIZON]
    while state[WAITING] and heap[0] <= horizon:
        entry = pop(heap, state[WAITING], pool)
        state[WAITING] -= 1
        if pool[entry + PAYLOAD] == DEAD:
            free_entry(state, pool, entry)
            continue
        out[state[LET_OUT]] = pool[entry + PAYLOAD]
        state[LET_OUT] += 1
        queue[state[BEHIND] & queue_last] = entry
        state[BEHIND] += 1
    while state[FIRST] < state[BEHIND]:
        entry = queue[state[FIRST] & queue_last]
        if pool[entry + MOMENT] > horizon - longest:
            break
        tag = tag_of_id(state[SEED], pool[entry + HIGH], pool[entry + LOW_HALF])
        take_out(slots, slots_last, tag, entry // ENTRY_WIDTH)
        free_entry(state, pool, entry)
        state[FIRST] += 1


@compiled
def take_all(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    room: int,
    slots: NDArray[np.int64],
    slots_last: int,
    heap: NDArray[np.int64],
    queue: NDArray[np.int64],
    queue_last: int,
    lateness: int,
    longest: int,
    not_after: int,
    facts: NDArray[np.int64],
    begin: int,
    end: int,
    fates: NDArray[np.int64],
    gone: NDArray[np.int64],
    out: NDArray[np.int64],
) -> int:
    """Take facts in from `begin` to `end`; return how many are in, all unless the pool is full."""
    for nth in range(begin, end):
        if state[LIVE] == room:
            return nth
        if nth + AHEAD < end:
            ahead = pointer_behind(facts, (nth + AHEAD) * ENTRY_WIDTH)
            bid(slots, tag_of_id(state[SEED], ahead[HIGH], ahead[LOW_HALF]) & slots_last)
        fact = pointer_behind(facts, nth * ENTRY_WIDTH)
        moment, high, low, payload = fact[MOMENT], fact[HIGH], fact[LOW_HALF], fact[PAYLOAD]
        gone[nth] = DEAD
        tag = tag_of_id(state[SEED], high, low)
        place = find(slots, slots_last, pool, tag, high, low)
        held = (slots[place] & LOW) * ENTRY_WIDTH if place != NONE else NONE
        fate = fate_of(state, pool, held, moment, longest, not_after)
        fates[nth] = fate
        if fate:
            state[fate] += 1
            continue
        horizon = state[HORIZON]
        if held != NONE and (horizon == UNKNOWN or pool[held + MOMENT] > horizon):
            gone[nth] = pool[held + PAYLOAD]
            state[REPLACED] += 1
            if pool[held + MOMENT] == moment:
                pool[held + PAYLOAD] = payload
                continue
            pool[held + PAYLOAD] = DEAD
        entry = new_entry(state, pool, moment, high, low, payload)
        if held != NONE:
            slots[place] = (tag << 32) | (entry // ENTRY_WIDTH)  # what was let out is long ago, what waited is dead
        else:
            put(slots, slots_last, tag, entry // ENTRY_WIDTH)
        push(heap, state[WAITING], pool, entry)
        state[WAITING] += 1
        if horizon == UNKNOWN or moment - lateness > horizon:
            state[HORIZON] = moment - lateness
            let_out(state, pool, slots, slots_last, heap, queue, queue_last, longest, out)
    return end


@compiled
def take(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    slots: NDArray[np.int64],
    heap: NDArray[np.int64],
    queue: NDArray[np.int64],
    lateness: int,
    longest: int,
    not_after: int,
    facts: NDArray[np.int64],
    begin: int,
    fates: NDArray[np.int64],
    gone: NDArray[np.int64],
    out: NDArray[np.int64],
) -> int:
    """Take in facts [moment, high, low, payload] from `begin` on; return how many are in, all unless the pool is full.

    All are arrays. Each fact is judged by what came before it, so that it does not matter how a stream is cut. `fates`
    [facts] becomes LATE, EARLY, REPEATED or 0; `gone` [facts] the payload that a correction replaces, or DEAD. Who need
    not wait any more is let out at once, so that few wait together.
    """
    return take_all(
        pointer_to(state.ctypes.data),
        pointer_to(pool.ctypes.data),
        len(pool),
        pointer_to(slots.ctypes.data),
        len(slots) - 1,
        pointer_to(heap.ctypes.data),
        pointer_to(queue.ctypes.data),
        len(queue) - 1,
        lateness,
        longest,
        not_after,
        pointer_to(facts.ctypes.data),
        begin,
        len(facts),
        pointer_to(fates.ctypes.data),
        pointer_to(gone.ctypes.data),
        pointer_to(out.ctypes.data),
    )


@compiled
def release(
    state: NDArray[np.int64],
    pool: NDArray[np.int64],
    slots: NDArray[np.int64],
    heap: NDArray[np.int64],
    queue: NDArray[np.int64],
    longest: int,
    out: NDArray[np.int64],
) -> None:
    """Let out all up to the horizon; all are arrays."""
    let_out(
        pointer_to(state.ctypes.data),
        pointer_to(pool.ctypes.data),
        pointer_to(slots.ctypes.data),
        len(slots) - 1,
        pointer_to(heap.ctypes.data),
        pointer_to(queue.ctypes.data),
        len(queue) - 1,
        longest,
        pointer_to(out.ctypes.data),
    )


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
    kept, homes, waiting = pointer_to(pool.ctypes.data), pointer_to(slots.ctypes.data), pointer_to(heap.ctypes.data)
    counts = pointer_to(state.ctypes.data)
    for nth in range(len(entries)):
        moment, high, low = entries[nth, MOMENT], entries[nth, HIGH], entries[nth, LOW_HALF]
        entry = new_entry(counts, kept, moment, high, low, entries[nth, PAYLOAD])
        put(homes, len(slots) - 1, tag_of_id(state[SEED], high, low), entry // ENTRY_WIDTH)
        if nth < released:
            queue[state[BEHIND]] = entry
            state[BEHIND] += 1
        else:
            push(waiting, state[WAITING], kept, entry)
            state[WAITING] += 1
