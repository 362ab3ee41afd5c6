"""Prefetch: compute the keys of a block of facts, then prefetch the memory that all of them will touch.

With a million keys each fact has about ten cache misses; prefetching overlaps them. Nothing here
changes a family, and later steps rely on the tags only, not on the rows found.
"""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.pointers import bid, pointer_behind
from fanzha.windows._kernel.rows import item_tag
from fanzha.windows.hash_tables import mix_hash, tag_of

NONE, UNKNOWN, LOW = at.NONE, at.UNKNOWN, at.LOW
UNKNOWN_KEY = -2  # the tag of an unknown key
LINE = 8  # words of a cache line


@compiled
def tag_of_fact(
    facts: NDArray[np.int64], count: int, fact: int, columns: NDArray[np.int64], parts: int, seed: int
) -> int:
    """Return the tag of a fact's key, UNKNOWN_KEY when a part is unknown."""
    key_is_known = True
    state = np.uint64(seed)
    for part in range(parts):
        value = facts[columns[part] * count + fact]
        key_is_known &= value != UNKNOWN
        state = mix_hash(state, value)
    return tag_of(state) if key_is_known else UNKNOWN_KEY


@compiled
def name_keys(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    keys: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    kind_of: NDArray[np.int64],
    roles: NDArray[np.int64],
    role_step: int,
    shift: int,
    chosen: NDArray[np.int64],
    tags: NDArray[np.int64],
) -> None:
    """Write the tags of each fact's own key and view keys, [facts, 1 + views], NONE where there is none.

    `chosen` holds the number of facts, then the facts, as in the functions below; `roles`, `role_step` and `shift` are
    those of the kernel that processes a stretch.
    """
    parts, views, seed, last = plan[at.KEY_PARTS], plan[at.VIEW_COUNT], state[at.SEED], state[at.KEYS_LAST]
    for index in range(chosen[0]):
        fact = chosen[1 + index]
        role = plan[at.ROLE_TABLE] + 2 * kind_of[facts[fact] & 0xFFFF]
        role, request = plan[role] & (roles[fact * role_step] >> shift), plan[role + 1]
        own = NONE
        if role & at.SELECTS:
            own = tag_of_fact(facts, count, fact, pointer_behind(plan, plan[at.KEY_TABLE]), parts, seed)
            bid(keys, own & last)
        tags[0] = own
        if role & at.ASKS:
            table = plan[at.VIEW_TABLE]
            for view in range(views):
                tag = NONE
                if plan[request + view]:
                    tag = own
                    if own == NONE or not plan[table]:
                        tag = tag_of_fact(facts, count, fact, pointer_behind(plan, table + 1), parts, seed)
                        bid(keys, tag & last)
                tags[1 + view] = tag
                table += 1 + parts
        tags = pointer_behind(tags, 1 + views)


@compiled
def bid_for(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    chosen: NDArray[np.int64],
    tags: NDArray[np.int64],
    found: NDArray[np.int64],
) -> None:
    """Prefetch the rows of keys, then their log entries, then those of their items; `found` is [facts, 1 + views],
    followed by space for the tags of items.

    Rows are found by tag alone; a collision (1 in 2^31) only costs time.
    """
    width, tags_per_fact = plan[at.ROW_WIDTH], 1 + plan[at.VIEW_COUNT]
    last, tag_count = state[at.KEYS_LAST], chosen[0] * tags_per_fact
    for index in range(tag_count):
        tag, row = tags[index], NONE
        if tag >= 0 and (index % tags_per_fact == 0 or tag != tags[index - index % tags_per_fact]):
            slot_index = tag & last
            while keys[slot_index] != NONE and keys[slot_index] >> 32 != tag:
                slot_index = (slot_index + 1) & last
            if keys[slot_index] != NONE:
                row = keys[slot_index] & LOW
                for word in range(0, width, LINE):
                    bid(rows, row * width + word)
                bid(rows, row * width + width - 1)
        found[index] = row
    for index in range(tag_count):
        if found[index] != NONE:
            bid_log(plan, state, log, rows, found[index] * width, facts[count + chosen[1 + index // tags_per_fact]])
    if plan[at.ITEM_COUNT]:
        bid_items(plan, state, log, pairs, facts, count, chosen, found, pointer_behind(found, tag_count))


@compiled
def bid_log(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    base: int,
    now: int,
) -> None:
    """Prefetch the key's latest entry and the heads that are about to expire."""
    width, ring = plan[at.ENTRY_WIDTH], state[at.RING]
    tail = rows[base + plan[at.TAIL]]
    if tail != NONE:
        bid(log, (tail & ring) * width + at.LINK)
    table = plan[at.SPAN_TABLE]
    for _ in range(plan[at.SPAN_COUNT]):
        word = base + plan[table + 1]
        if rows[word] <= now - plan[table]:
            entry = (rows[word + 1] & ring) * width
            bid(log, entry)
            bid(log, entry + width - 1)
        table += at.SPAN_WIDTH


@compiled
def bid_items(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    pairs: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    chosen: NDArray[np.int64],
    found: NDArray[np.int64],
    tags: NDArray[np.int64],
) -> None:
    """Prefetch the slots of the items of known keys, then their latest entries; `tags` is scratch space."""
    width, tags_per_fact, items = plan[at.ENTRY_WIDTH], 1 + plan[at.VIEW_COUNT], plan[at.ITEM_COUNT]
    last, ring, seed = state[at.PAIRS_LAST], state[at.RING], state[at.SEED]
    named = 0
    for index in range(chosen[0]):
        fact, row = chosen[1 + index], found[index * tags_per_fact]
        if row == NONE:
            continue
        for item_index in range(items):
            slot = plan[at.SLOT_TABLE] + plan[plan[at.ITEM_TABLE] + item_index] * at.SLOT_WIDTH
            tag = item_tag(seed, row, facts[plan[slot + 2] * count + fact], item_index)
            bid(pairs, tag & last)
            tags[named] = tag
            named += 1
    for index in range(named):
        slot_index = tags[index] & last
        while pairs[slot_index] != NONE and pairs[slot_index] >> 32 != tags[index]:
            slot_index = (slot_index + 1) & last
        if pairs[slot_index] != NONE:
            bid(log, (pairs[slot_index] & ring) * width + at.LINK)
