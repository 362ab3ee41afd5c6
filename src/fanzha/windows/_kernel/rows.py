"""Keep the aggregates of a key: entries come in at one end of its spans and go out at the other, items hashed once.

An item is different within a span as long as its latest entry lies in it: an entry is marked LATER when the same item
comes again, and going out it takes an item along only without that mark.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.queues import drop_old, push, take_back
from fanzha.windows._kernel.tables import put, stirred, tag_of

COUNT, SUM, UNKNOWN, NONE, LOW = at.COUNT, at.SUM, at.UNKNOWN, at.NONE, at.LOW
MOMENT, PLACE, LINK, FLAGS, VALUES = at.MOMENT, at.PLACE, at.LINK, at.FLAGS, at.VALUES


@compiled
def go_out(plan: NDArray[np.int64], log: NDArray[np.int64], rows: NDArray[np.int64], row: int, now: int) -> None:
    """Let everything older than its span leave the aggregates of a row."""
    width, ring = plan[at.ENTRY_WIDTH], len(log) // plan[at.ENTRY_WIDTH] - 1
    base = row * plan[at.ROW_WIDTH]
    tail = rows[base + plan[at.TAIL]]
    for span in range(plan[at.SPAN_COUNT]):
        table = plan[at.SPAN_TABLE] + span * at.SPAN_WIDTH
        head = rows[base + plan[table + 1]]
        if head == NONE:
            continue
        oldest = now - plan[table]
        while True:
            entry = (head & ring) * width
            if log[entry + MOMENT] > oldest:
                break
            flags = log[entry + FLAGS]
            for one in range(plan[table + 2], plan[table + 3], at.SUM_WIDTH):
                form, which, word = plan[one], plan[one + 1], base + plan[one + 2]
                if form == COUNT:
                    rows[word] -= (flags >> (at.MASK_SHIFT + which)) & 1
                elif form == SUM:
                    value = log[entry + VALUES + which]
                    if value != UNKNOWN:
                        rows[word] -= value
                elif log[entry + VALUES + plan[plan[at.ITEM_TABLE] + which]] != UNKNOWN:
                    rows[word] -= 1 - ((flags // at.LATER >> which) & 1)
            if span == plan[at.LONGEST]:
                log[entry + FLAGS] = flags | at.EVICTED
            if head == tail:
                head = NONE
                break
            head += (log[entry + LINK] - head) & LOW
        rows[base + plan[table + 1]] = head
    if plan[at.EXTREME_COUNT]:
        drop_old(plan, log, rows, base, now)


@compiled
def latest_of(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    pairs: NDArray[np.int64],
    row: int,
    item: int,
    which: int,
    position: int,
) -> int:
    """Return the latest position of an item of a row, or NONE; `position`, unless NONE, is the latest from now on."""
    width, ring = plan[at.ENTRY_WIDTH], len(log) // plan[at.ENTRY_WIDTH] - 1
    tag = item_tag(state, row, item, which)
    word = VALUES + plan[plan[at.ITEM_TABLE] + which]
    last = len(pairs) - 1
    place = tag & last
    while pairs[place] != NONE:
        if pairs[place] >> 32 == tag:
            found = state[at.OLDEST] + ((pairs[place] - state[at.OLDEST]) & LOW)
            entry = (found & ring) * width
            if log[entry + LINK] >> 32 == row and log[entry + word] == item:
                if position != NONE:
                    pairs[place] = (tag << 32) | (position & LOW)
                return int(found)
        place = (place + 1) & last
    if position != NONE:
        put(pairs, tag, position & LOW)
        state[at.LIVE_PAIRS] += 1
    return NONE


@compiled
def item_tag(state: NDArray[np.int64], row: int, item: int, which: int) -> int:
    """Return the tag of a row's item; `which` tells the different items of one family apart."""
    return tag_of(stirred(stirred(np.uint64(state[at.SEED]), (row << 4) | which), item))


@compiled
def add_up(
    plan: NDArray[np.int64],
    rows: NDArray[np.int64],
    base: int,
    position: int,
    mask: int,
    values: NDArray[np.int64],
    earlier: NDArray[np.int64],
) -> None:
    """Let a new entry into every span; `earlier` [items] are the latest positions of its items before it."""
    for span in range(plan[at.SPAN_COUNT]):
        table = plan[at.SPAN_TABLE] + span * at.SPAN_WIDTH
        head = rows[base + plan[table + 1]]
        if head == NONE:
            head = rows[base + plan[table + 1]] = position
        for one in range(plan[table + 2], plan[table + 3], at.SUM_WIDTH):
            form, which, word = plan[one], plan[one + 1], base + plan[one + 2]
            if form == COUNT:
                rows[word] += (mask >> which) & 1
            elif form == SUM:
                if values[which] != UNKNOWN:
                    rows[word] += values[which]
            elif values[plan[plan[at.ITEM_TABLE] + which]] != UNKNOWN and earlier[which] < head:
                rows[word] += 1


@compiled
def remember(plan: NDArray[np.int64], rows: NDArray[np.int64], base: int, moment: int, now: int, mask: int) -> None:
    """Keep the moments of the last and of the first selected fact; a silence of the span or longer begins anew."""
    for one in range(plan[at.LAST_COUNT]):
        table = plan[at.LAST_TABLE] + one * at.LAST_WIDTH
        if (mask >> plan[table]) & 1:
            rows[base + plan[table + 1]] = moment
    for one in range(plan[at.AGE_COUNT]):
        table = plan[at.AGE_TABLE] + one * at.AGE_WIDTH
        if (mask >> plan[table]) & 1:
            word = base + plan[table + 2]
            if rows[word] == UNKNOWN or now - rows[word + 1] >= plan[table + 1]:
                rows[word] = moment
            rows[word + 1] = now


@compiled
def merge(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    base: int,
    position: int,
    mask: int,
    values: NDArray[np.int64],
) -> None:
    """Add a fact to the entry of its day, which is the key's latest and lies in every span."""
    entry = (position & (len(log) // plan[at.ENTRY_WIDTH] - 1)) * plan[at.ENTRY_WIDTH]
    log[entry + FLAGS] |= mask << at.MASK_SHIFT
    take_back(plan, log, rows, base, position, values)
    for slot in range(plan[at.SLOT_COUNT]):
        word, value = entry + VALUES + slot, values[slot]
        if value != UNKNOWN:
            fill = plan[plan[at.SLOT_TABLE] + slot * at.SLOT_WIDTH]
            if log[word] == UNKNOWN:
                log[word] = value
            elif fill == at.LEAST:
                log[word] = min(log[word], value)
            elif fill == at.GREATEST:
                log[word] = max(log[word], value)
            else:
                log[word] += value
    for one in range(plan[at.EXTREME_COUNT]):
        push(plan, log, rows, base, position, one, values)
    spans = plan[at.SPAN_TABLE]
    for one in range(plan[spans + 2], plan[spans + at.SPAN_WIDTH * plan[at.SPAN_COUNT] - 1], at.SUM_WIDTH):
        if values[plan[one + 1]] != UNKNOWN:
            rows[base + plan[one + 2]] += values[plan[one + 1]]


@compiled
def take_in(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    pairs: NDArray[np.int64],
    scratch: NDArray[np.int64],
    row: int,
    moment: int,
    now: int,
    place: int,
    mask: int,
) -> None:
    """Write a selected fact into the log and the aggregates of its row; there must be room for it.

    `moment` is exact, `now` the same or the beginning of its day; the scratch holds the values.
    """
    width, ring = plan[at.ENTRY_WIDTH], len(log) // plan[at.ENTRY_WIDTH] - 1
    base = row * plan[at.ROW_WIDTH]
    parts, slots = plan[at.KEY_PARTS], plan[at.SLOT_COUNT]
    values, earlier = scratch[parts : parts + slots], scratch[parts + slots :]
    remember(plan, rows, base, moment, now, mask)
    tail = rows[base + plan[at.TAIL]]
    position = state[at.NEXT]
    if plan[at.DAILY] and plan[at.ITEM_COUNT] == 0 and tail != NONE and log[(tail & ring) * width + MOMENT] == now:
        merge(plan, log, rows, base, tail, mask, values)
        return
    if plan[at.DAILY] and plan[at.ITEM_COUNT]:
        known = latest_of(plan, state, log, pairs, row, values[plan[plan[at.ITEM_TABLE]]], 0, NONE)
        if known != NONE and log[(known & ring) * width + MOMENT] == now:
            return
    state[at.NEXT] += 1
    for which in range(plan[at.ITEM_COUNT]):
        item = values[plan[plan[at.ITEM_TABLE] + which]]
        earlier[which] = NONE
        if item != UNKNOWN:
            earlier[which] = latest_of(plan, state, log, pairs, row, item, which, position)
            if earlier[which] != NONE:
                log[(earlier[which] & ring) * width + FLAGS] |= at.LATER << which
    entry = (position & ring) * width
    log[entry + MOMENT] = now
    log[entry + PLACE] = place
    log[entry + LINK] = (row << 32) | (position & LOW)
    before = position if tail == NONE else tail
    log[entry + FLAGS] = ((before & LOW) << 32) | (mask << at.MASK_SHIFT)
    for slot in range(slots):
        log[entry + VALUES + slot] = values[slot]
    if tail != NONE:
        log[(tail & ring) * width + LINK] = (row << 32) | (position & LOW)
    rows[base + plan[at.TAIL]] = position
    add_up(plan, rows, base, position, mask, values, earlier)
    for one in range(plan[at.EXTREME_COUNT]):
        push(plan, log, rows, base, position, one, values)
