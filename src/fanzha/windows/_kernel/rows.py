"""Update the aggregates of a key: entries enter and leave its spans; items are hashed once.

An item counts as distinct in a span while its latest entry is in it: an entry is marked LATER when the same item
recurs, and a leaving entry removes its item only without that mark. `base` is the offset of a row.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.pointers import pointer_behind
from fanzha.windows._kernel.queues import drop_old, drop_until, push, take_back
from fanzha.windows.hash_tables import insert, mix_hash, tag_of

COUNT, SUM, UNKNOWN, NONE, LOW, NEVER = at.COUNT, at.SUM, at.UNKNOWN, at.NONE, at.LOW, at.NEVER
MOMENT, PLACE, LINK, FLAGS, VALUES = at.MOMENT, at.PLACE, at.LINK, at.FLAGS, at.VALUES


@compiled
def expire_entry(
    plan: NDArray[np.int64], log: NDArray[np.int64], ring: int, rows: NDArray[np.int64], base: int, now: int
) -> None:
    """Remove entries older than each span from the aggregates of a row."""
    table = plan[at.SPAN_TABLE]
    for _ in range(plan[at.SPAN_COUNT]):
        word = base + plan[table + 1]
        if rows[word] <= now - plan[table]:
            leave(plan, log, ring, rows, base, now - plan[table], NONE, table)
        table += at.SPAN_WIDTH
    if plan[at.EXTREME_COUNT]:
        drop_old(plan, log, ring, rows, base, now)


@compiled
def expire_until(
    plan: NDArray[np.int64], log: NDArray[np.int64], ring: int, rows: NDArray[np.int64], base: int, position: int
) -> None:
    """Subtract the entries up to a position from the aggregates of a row, regardless of the spans."""
    table = plan[at.SPAN_TABLE]
    for _ in range(plan[at.SPAN_COUNT]):
        word = base + plan[table + 1]
        if rows[word] != NEVER and rows[word + 1] <= position:
            leave(plan, log, ring, rows, base, UNKNOWN, position, table)
        table += at.SPAN_WIDTH
    if plan[at.EXTREME_COUNT]:
        drop_until(plan, log, ring, rows, base, position)


@compiled
def leave(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    base: int,
    oldest: int,
    last: int,
    table: int,
) -> None:
    """Subtract the entries up to the moment `oldest` or the position `last` from one span; its head must be among them.

    `oldest` is UNKNOWN, or `last` is NONE, where that limit does not apply.
    """
    width, tail = plan[at.ENTRY_WIDTH], rows[base + plan[at.TAIL]]
    word, begin, end = base + plan[table + 1], plan[table + 2], plan[table + 3]
    gone = at.EVICTED if plan[table] == plan[at.LONGEST] else 0
    head = rows[word + 1]
    while True:
        entry = pointer_behind(log, (head & ring) * width)
        moment = entry[MOMENT]
        if moment > oldest and head > last:
            break
        flags = entry[FLAGS]
        for sum_offset in range(begin, end, at.SUM_WIDTH):
            form, which, total = plan[sum_offset], plan[sum_offset + 1], base + plan[sum_offset + 2]
            if form == COUNT:
                rows[total] -= (flags >> which) & 1
            elif form == SUM:
                value = entry[VALUES + which]
                if value != UNKNOWN:
                    rows[total] -= value
            elif entry[VALUES + which] != UNKNOWN:
                rows[total] -= 1 - ((flags >> plan[sum_offset + 3]) & 1)
        if gone:
            entry[FLAGS] = flags | gone
        if head == tail:
            head, moment = NONE, NEVER
            break
        head += (entry[LINK] - head) & LOW
    rows[word] = moment
    rows[word + 1] = head


@compiled
def latest_of(
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    width: int,
    pairs: NDArray[np.int64],
    tag: int,
    row: int,
    item: int,
    word: int,
    position: int,
) -> int:
    """Return the latest position of a row's item, or NONE; `position`, unless NONE, becomes the latest.

    `word` is where entries hold the item.
    """
    last, ring, oldest = state[at.PAIRS_LAST], state[at.RING], state[at.OLDEST]
    pair_slot = tag & last
    slot = pairs[pair_slot]
    while slot != NONE:
        if slot >> 32 == tag:
            found = oldest + ((slot - oldest) & LOW)
            entry = (found & ring) * width
            if log[entry + LINK] >> 32 == row and log[entry + word] == item:
                if position != NONE:
                    pairs[pair_slot] = (tag << 32) | (position & LOW)
                return int(found)
        pair_slot = (pair_slot + 1) & last
        slot = pairs[pair_slot]
    if position != NONE:
        insert(pairs, last, tag, position & LOW)
        state[at.LIVE_PAIRS] += 1
    return NONE


@compiled
def item_tag(seed: int, row: int, item: int, which: int) -> int:
    """Return the tag of a row's item; `which` is the index of the item in the family."""
    return tag_of(mix_hash(np.uint64(seed) + np.uint64((row << 4) | which) * np.uint64(0x9E3779B97F4A7C15), item))


@compiled
def add_up(
    plan: NDArray[np.int64],
    rows: NDArray[np.int64],
    base: int,
    position: int,
    now: int,
    flags: int,
    values: NDArray[np.int64],
    earlier: NDArray[np.int64],
) -> None:
    """Add a new entry to every span; `earlier` [items] are the previous positions of its items."""
    table = plan[at.SPAN_TABLE]
    for _ in range(plan[at.SPAN_COUNT]):
        word = base + plan[table + 1]
        if rows[word] == NEVER:
            rows[word] = now
            rows[word + 1] = position
        head = rows[word + 1]
        for sum_offset in range(plan[table + 2], plan[table + 3], at.SUM_WIDTH):
            form, which, total = plan[sum_offset], plan[sum_offset + 1], base + plan[sum_offset + 2]
            if form == COUNT:
                rows[total] += (flags >> which) & 1
            elif form == SUM:
                if values[which] != UNKNOWN:
                    rows[total] += values[which]
            elif values[which] != UNKNOWN:
                rows[total] += int(earlier[plan[sum_offset + 3] - at.LATER_BIT] < head)
        table += at.SPAN_WIDTH


@compiled
def remember(
    plan: NDArray[np.int64],
    rows: NDArray[np.int64],
    base: int,
    moment: int,
    now: int,
    mask: int,
    values: NDArray[np.int64],
) -> None:
    """Store the moments of the last and first selected fact, and the latest values with their moments.

    A silence of at least the span resets the first.
    """
    for index in range(plan[at.LAST_COUNT]):
        table = plan[at.LAST_TABLE] + index * at.LAST_WIDTH
        if (mask >> plan[table]) & 1:
            rows[base + plan[table + 1]] = moment
    for index in range(plan[at.AGE_COUNT]):
        table = plan[at.AGE_TABLE] + index * at.AGE_WIDTH
        if (mask >> plan[table]) & 1:
            word = base + plan[table + 2]
            if rows[word] == UNKNOWN or now - rows[word + 1] >= plan[table + 1]:
                rows[word] = moment
            rows[word + 1] = now
    for index in range(plan[at.LATEST_COUNT]):
        table = plan[at.LATEST_TABLE] + index * at.LATEST_WIDTH
        if values[plan[table]] != UNKNOWN:
            rows[base + plan[table + 1]] = moment
            rows[base + plan[table + 1] + 1] = values[plan[table]]


@compiled
def merge(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    base: int,
    position: int,
    mask: int,
    values: NDArray[np.int64],
) -> None:
    """Merge a fact into the entry of its day, which is the key's latest and in every span."""
    entry = (position & ring) * plan[at.ENTRY_WIDTH]
    log[entry + FLAGS] |= mask << at.MASK_BIT
    take_back(plan, log, ring, rows, base, position, values)
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
    for index in range(plan[at.EXTREME_COUNT]):
        push(plan, log, ring, rows, base, position, index, values)
    spans = plan[at.SPAN_TABLE]
    for index in range(plan[spans + 2], plan[spans + at.SPAN_WIDTH * plan[at.SPAN_COUNT] - 1], at.SUM_WIDTH):
        if values[plan[index + 1]] != UNKNOWN:
            rows[base + plan[index + 2]] += values[plan[index + 1]]


@compiled
def append_entry(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    pairs: NDArray[np.int64],
    values: NDArray[np.int64],
    earlier: NDArray[np.int64],
    row: int,
    moment: int,
    now: int,
    fact_position: int,
    mask: int,
) -> None:
    """Write a selected fact to the log and the aggregates of its row; it must fit.

    `moment` is exact, `now` the same or the start of its day; `earlier` [items] is scratch space.
    """
    width, ring, seed, position = plan[at.ENTRY_WIDTH], state[at.RING], state[at.SEED], state[at.NEXT]
    base = row * plan[at.ROW_WIDTH]
    items, slots = plan[at.ITEM_COUNT], plan[at.SLOT_COUNT]
    if plan[at.LAST_COUNT] + plan[at.AGE_COUNT] + plan[at.LATEST_COUNT]:
        remember(plan, rows, base, moment, now, mask, values)
    tail = rows[base + plan[at.TAIL]]
    if plan[at.DAILY]:
        if items:
            tag = item_tag(seed, row, values[0], 0)
            day_entry = latest_of(state, log, width, pairs, tag, row, values[0], VALUES, NONE)
            if day_entry != NONE and log[(day_entry & ring) * width + MOMENT] == now:
                return
        elif tail != NONE and log[(tail & ring) * width + MOMENT] == now:
            merge(plan, log, ring, rows, base, tail, mask, values)
            return
    state[at.NEXT] = position + 1
    for which in range(items):
        slot = plan[plan[at.ITEM_TABLE] + which]
        item = values[slot]
        before = NONE
        if item != UNKNOWN:
            tag = item_tag(seed, row, item, which)
            before = latest_of(state, log, width, pairs, tag, row, item, VALUES + slot, position)
            if before != NONE:
                log[(before & ring) * width + FLAGS] |= at.LATER << which
        earlier[which] = before
    entry = pointer_behind(log, (position & ring) * width)
    entry[MOMENT] = now
    entry[PLACE] = fact_position
    link = (row << 32) | (position & LOW)
    entry[LINK] = link
    before = position
    if tail != NONE:
        before = tail
        log[(tail & ring) * width + LINK] = link
    flags = ((before & LOW) << 32) | (mask << at.MASK_BIT)
    entry[FLAGS] = flags
    for slot in range(slots):
        entry[VALUES + slot] = values[slot]
    rows[base + plan[at.TAIL]] = position
    add_up(plan, rows, base, position, now, flags, values, earlier)
    for extreme_index in range(plan[at.EXTREME_COUNT]):
        push(plan, log, ring, rows, base, position, extreme_index, values)
