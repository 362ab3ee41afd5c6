"""Evict the entries, items and keys that no window sees; each entry is freed once, without a search."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.pointers import bid
from fanzha.windows._kernel.prefetch import LINE
from fanzha.windows._kernel.rows import expire_entry, expire_until, item_tag
from fanzha.windows.hash_tables import delete, tag_of_key

NONE, LOW, UNKNOWN = at.NONE, at.LOW, at.UNKNOWN


@compiled
def free_row(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    key: NDArray[np.int64],
    row: int,
) -> None:
    """Free a key; its row is reused for the next new key. `key` is scratch space for its parts."""
    base = row * plan[at.ROW_WIDTH]
    for part in range(plan[at.KEY_PARTS]):
        key[part] = rows[base + part]
    delete(keys, state[at.KEYS_LAST], tag_of_key(state[at.SEED], key, plan[at.KEY_PARTS]), row)
    rows[base] = state[at.FREE_ROW]
    state[at.FREE_ROW] = row
    state[at.LIVE_KEYS] -= 1


@compiled
def free_items(
    plan: NDArray[np.int64], state: NDArray[np.int64], log: NDArray[np.int64], pairs: NDArray[np.int64], position: int
) -> None:
    """Free the items whose latest entry is at `position`."""
    entry = (position & state[at.RING]) * plan[at.ENTRY_WIDTH]
    for item_index in range(plan[at.ITEM_COUNT]):
        item = log[entry + at.VALUES + plan[plan[at.ITEM_TABLE] + item_index]]
        if item != UNKNOWN and not log[entry + at.FLAGS] & (at.LATER << item_index):
            tag = item_tag(state[at.SEED], log[entry + at.LINK] >> 32, item, item_index)
            state[at.LIVE_PAIRS] -= int(delete(pairs, state[at.PAIRS_LAST], tag, position & LOW))


@compiled
def bid_for_old(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    key: NDArray[np.int64],
    begin: int,
    oldest: int,
) -> int:
    """Prefetch the memory of the next expired entries; return where these end. `key` is scratch space."""
    width, row_width, ring = plan[at.ENTRY_WIDTH], plan[at.ROW_WIDTH], state[at.RING]
    end = min(begin + at.BLOCK, state[at.NEXT])
    for position in range(begin, end):
        entry = (position & ring) * width
        if log[entry + at.MOMENT] > oldest:
            end = position
            break
        row = log[entry + at.LINK] >> 32
        for word in range(0, row_width, LINE):
            bid(rows, row * row_width + word)
        bid(rows, row * row_width + row_width - 1)
        for item_index in range(plan[at.ITEM_COUNT]):
            item = log[entry + at.VALUES + plan[plan[at.ITEM_TABLE] + item_index]]
            bid(pairs, item_tag(state[at.SEED], row, item, item_index) & state[at.PAIRS_LAST])
    for position in range(begin, end):
        link = log[(position & ring) * width + at.LINK]
        if link & LOW == position & LOW:  # the key's latest, with which it goes
            base = (link >> 32) * row_width
            for part in range(plan[at.KEY_PARTS]):
                key[part] = rows[base + part]
            bid(keys, tag_of_key(state[at.SEED], key, plan[at.KEY_PARTS]) & state[at.KEYS_LAST])
    return int(end)


@compiled
def sweep(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    scratch: NDArray[np.int64],
    now: int,
) -> None:
    """Free the entries that lie outside the longest span at a moment, and the keys and items that have none left."""
    width, ring = plan[at.ENTRY_WIDTH], state[at.RING]
    oldest = now - plan[at.LONGEST]
    position = bid_until = state[at.OLDEST]
    while position < state[at.NEXT]:
        if position == bid_until:
            bid_until = bid_for_old(plan, state, log, rows, keys, pairs, scratch, position, oldest)
        entry = (position & ring) * width
        if log[entry + at.MOMENT] > oldest:
            break
        free_items(plan, state, log, pairs, position)
        flags, link = log[entry + at.FLAGS], log[entry + at.LINK]
        if not flags & at.FORGOTTEN:
            row = link >> 32
            if link & LOW == position & LOW:  # the key's latest: nothing is left of it
                free_row(plan, state, rows, keys, scratch, row)
            elif not flags & at.EVICTED:
                expire_entry(plan, log, ring, rows, row * plan[at.ROW_WIDTH], now)
        position += 1
        state[at.OLDEST] = position


@compiled
def free_oldest(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    scratch: NDArray[np.int64],
    count: int,
) -> int:
    """Free at most `count` of the oldest entries although a span still contains them.

    Return the moment up to which entries may be missing, UNKNOWN if there were none.
    """
    width, ring = plan[at.ENTRY_WIDTH], state[at.RING]
    moment = UNKNOWN
    for position in range(state[at.OLDEST], min(state[at.OLDEST] + count, state[at.NEXT])):
        entry = (position & ring) * width
        moment = log[entry + at.MOMENT]
        free_items(plan, state, log, pairs, position)
        flags, link = log[entry + at.FLAGS], log[entry + at.LINK]
        if not flags & at.FORGOTTEN:
            row = link >> 32
            if link & LOW == position & LOW:
                free_row(plan, state, rows, keys, scratch, row)
            elif not flags & at.EVICTED:
                expire_until(plan, log, ring, rows, row * plan[at.ROW_WIDTH], position)
        state[at.OLDEST] = position + 1
    return int(moment)


@compiled
def forget(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    scratch: NDArray[np.int64],
    row: int,
) -> None:
    """Free a key at once; its entries stay in the log, marked, until they expire."""
    position = rows[row * plan[at.ROW_WIDTH] + plan[at.TAIL]]
    while position >= state[at.OLDEST]:
        free_items(plan, state, log, pairs, position)
        entry = (position & state[at.RING]) * plan[at.ENTRY_WIDTH]
        before = position - ((position - (log[entry + at.FLAGS] >> 32)) & LOW)
        log[entry + at.FLAGS] = at.FORGOTTEN | ((at.LATER << at.MOST_ITEMS) - at.LATER)
        if before == position:
            break
        position = before
    free_row(plan, state, rows, keys, scratch, row)


@compiled
def history(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    row: int,
    oldest: int,
    latest: int,
    entries_out: NDArray[np.int64],
) -> int:
    """Write the entries of a key after the moment `oldest` up to the place `latest` to `entries_out`, newest first.

    Return how many there are. Entries beyond the room of `entries_out` are counted and not written.
    """
    width = plan[at.ENTRY_WIDTH]
    position = rows[row * plan[at.ROW_WIDTH] + plan[at.TAIL]]
    count = 0
    while position >= state[at.OLDEST]:
        entry = (position & state[at.RING]) * width
        if log[entry + at.MOMENT] <= oldest:
            break
        if log[entry + at.PLACE] <= latest:
            if (count + 1) * width <= len(entries_out):
                for word in range(width):
                    entries_out[count * width + word] = log[entry + word]
            count += 1
        before = position - ((position - (log[entry + at.FLAGS] >> 32)) & LOW)
        if before == position:
            break
        position = before
    return count
