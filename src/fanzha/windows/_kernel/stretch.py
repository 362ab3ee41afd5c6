"""Run a stretch of facts through all families in one call: what each asks is told, what each selects is taken in."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.days import day_of
from fanzha.windows._kernel.memory import pointer_behind, pointer_to
from fanzha.windows._kernel.opening import new_row, room_for
from fanzha.windows._kernel.rows import go_out, take_in
from fanzha.windows._kernel.sweeping import sweep
from fanzha.windows._kernel.tables import find_row, tag_of_key

NONE, UNKNOWN, AGGREGATE = at.NONE, at.UNKNOWN, at.AGGREGATE
NOT_KNOWN = -2  # a view whose present key is unknown

#: What `run` returns: all done, out of order, or else `family << FACT_BITS | fact`, where one more entry does not fit.
DONE, OUT_OF_ORDER, FACT_BITS = -1, -2, 40


@compiled
def selected_by(
    plan: NDArray[np.int64], columns: NDArray[np.int64], count: int, fact: int, scratch: NDArray[np.int64]
) -> int:
    """Return the gates a fact passes, as bits; put its key and its values into the scratch. 0: it is in no window."""
    parts = plan[at.KEY_PARTS]
    known = True
    for part in range(parts):
        scratch[part] = columns[plan[plan[at.KEY_TABLE] + part] * count + fact]
        known &= scratch[part] != UNKNOWN
    if not known:
        return 0
    mask = plan[at.ALWAYS]
    table = plan[at.GATE_TABLE]
    for _ in range(plan[at.GATE_COUNT]):
        mask |= int(columns[plan[table + 1] * count + fact] == 1) << plan[table]
        table += at.GATE_WIDTH
    table = plan[at.SLOT_TABLE]
    for slot in range(plan[at.SLOT_COUNT]):
        value = UNKNOWN
        if (mask >> plan[table + 1]) & 1:
            value = 1 if plan[table] == at.COUNTED else columns[plan[table + 2] * count + fact]
        scratch[parts + slot] = value
        table += at.SLOT_WIDTH
    if plan[at.DAILY] and plan[at.ITEM_COUNT] and scratch[parts] == UNKNOWN:
        return 0
    return int(mask)


@compiled
def told(
    log: NDArray[np.int64],
    ring: int,
    width: int,
    rows: NDArray[np.int64],
    base: int,
    moment: int,
    now: int,
    output: NDArray[np.int64],
) -> int:
    """Return the value of an output that is no aggregate."""
    form, word = output[2], base + output[3]
    if rows[word] == (NONE if form == at.EXTREME else UNKNOWN):
        return UNKNOWN
    if form == at.EXTREME:
        return int(log[(rows[word] & ring) * width + at.VALUES + output[5]])
    last = rows[word] if form == at.SINCE_LAST else rows[word + 1]
    return int(moment - rows[word]) if now - last < output[4] else UNKNOWN


@compiled
def tell(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    views: NDArray[np.int64],
    moment: int,
    now: int,
    begin: int,
    count: int,
    out: NDArray[np.int64],
) -> None:
    """Write `count` outputs, whose table begins at a place in the plan, of one fact."""
    width = plan[at.ROW_WIDTH]
    for one in range(count):
        output = pointer_behind(plan, begin + one * at.TOLD_WIDTH)
        row = views[output[1]]
        if row < 0:
            out[output[0]] = 0 if row == NONE and output[2] == AGGREGATE else UNKNOWN
        elif output[2] == AGGREGATE:
            out[output[0]] = rows[row * width + output[3]]
        else:
            out[output[0]] = told(log, ring, plan[at.ENTRY_WIDTH], rows, row * width, moment, now, output)


@compiled
def find_views(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    columns: NDArray[np.int64],
    count: int,
    fact: int,
    asked: int,
    own: int,
    views: NDArray[np.int64],
    key: NDArray[np.int64],
) -> None:
    """Find the row of each key a fact asks about; `own` is the row it is selected into, `asked` where views stand."""
    parts = plan[at.KEY_PARTS]
    table = plan[at.VIEW_TABLE]
    for view in range(plan[at.VIEW_COUNT]):
        row = NONE
        if plan[asked + view]:
            row = own
            if own == NONE or not plan[table]:
                known = True
                for part in range(parts):
                    key[part] = columns[plan[table + 1 + part] * count + fact]
                    known &= key[part] != UNKNOWN
                tag = tag_of_key(state[at.SEED], key, parts)
                row = NOT_KNOWN
                if known:
                    row = find_row(keys, state[at.KEYS_LAST], tag, rows, plan[at.ROW_WIDTH], key, parts)
        views[view] = row
        table += 1 + parts


@compiled
def stretch(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    pairs: NDArray[np.int64],
    scratch: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    place: int,
    kind_of: NDArray[np.int64],
    out: NDArray[np.int64],
    begin: int,
) -> int:
    """Run facts through one family from the fact `begin` on; return how many are done, all unless there is no room."""
    parts, slots, items, width = plan[at.KEY_PARTS], plan[at.SLOT_COUNT], plan[at.ITEM_COUNT], plan[at.ROW_WIDTH]
    outputs, view_count, ring = plan[at.OUTPUT_COUNT], plan[at.VIEW_COUNT], state[at.RING]
    values, earlier = pointer_behind(scratch, parts), pointer_behind(scratch, parts + slots)
    views = pointer_behind(earlier, items)
    key = pointer_behind(views, view_count)
    daily = plan[at.DAILY]
    room = room_for(plan, state)
    for fact in range(begin, count):
        role = plan[at.ROLE_TABLE] + 2 * kind_of[facts[fact] & 0xFFFF]
        role, table = plan[role], plan[role + 1]
        before, after, others = plan[table], plan[table + 1], plan[table + 2]
        table += 3
        rest = table + (before + after) * at.TOLD_WIDTH
        here = pointer_behind(out, fact * outputs)
        for one in range(others):
            here[plan[rest + one]] = UNKNOWN
        if not role:
            continue
        moment = facts[count + fact]
        now = day_of(moment) if daily else moment
        row, mask = NONE, 0
        if role & at.SELECTS:
            if room < 1:
                room = room_for(plan, state)
                if room < 1:
                    return fact
            room -= 1
            mask = selected_by(plan, facts, count, fact, scratch)
            if mask:
                tag = tag_of_key(state[at.SEED], scratch, parts)
                row = find_row(keys, state[at.KEYS_LAST], tag, rows, width, scratch, parts)
                if row == NONE:
                    row = new_row(plan, state, rows, keys, tag, scratch)
        if role & at.ASKS:
            find_views(plan, state, rows, keys, facts, count, fact, rest + others, row, views, key)
            for view in range(view_count):
                if views[view] >= 0:
                    go_out(plan, log, ring, rows, views[view] * width, now)
            tell(plan, log, ring, rows, views, moment, now, table, before, here)
        if mask:
            take_in(plan, state, log, rows, pairs, values, earlier, row, moment, now, place + fact, mask)
        if role & at.ASKS:
            tell(plan, log, ring, rows, views, moment, now, table + before * at.TOLD_WIDTH, after, here)
    return count


@compiled
def in_order(moments: NDArray[np.int64], count: int, latest: int) -> bool:
    """Whether moments never fall, the first not below `latest`."""
    falls = moments[0] < latest
    for nth in range(1, count):
        falls |= moments[nth] < moments[nth - 1]
    return not falls


@compiled
def run(
    directory: NDArray[np.int64],
    kind_of: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    place: int,
    latest: int,
    out: NDArray[np.int64],
    resume: int,
) -> int:
    """Run a stretch through every family; return DONE, OUT_OF_ORDER, or where to resume once a family has grown.

    All four are arrays. `facts` [2 + columns, count] are kinds, moments and columns one after the other; `out` takes
    for each family its outputs [count, outputs]; `latest` is the last moment of the stretch before.
    """
    first_family, first_fact = resume >> FACT_BITS, resume & ((1 << FACT_BITS) - 1)
    table, kinds, told_all = pointer_to(facts.ctypes.data), pointer_to(kind_of.ctypes.data), pointer_to(out.ctypes.data)
    if resume == 0 and not in_order(pointer_behind(table, count), count, latest):
        return OUT_OF_ORDER
    moment = table[count]
    for family in range(first_family, len(directory) // at.DIRECTORY_WIDTH):
        base = family * at.DIRECTORY_WIDTH
        plan, state = pointer_to(directory[base + at.PLAN]), pointer_to(directory[base + at.STATE])
        log, rows = pointer_to(directory[base + at.LOG]), pointer_to(directory[base + at.ROWS])
        keys, pairs = pointer_to(directory[base + at.KEYS]), pointer_to(directory[base + at.PAIRS])
        scratch = pointer_to(directory[base + at.SCRATCH])
        begin = first_fact if family == first_family else 0
        if begin == 0:
            sweep(plan, state, log, rows, keys, pairs, scratch, day_of(moment) if plan[at.DAILY] else moment)
        here = pointer_behind(told_all, plan[at.OUT_BASE] * count)
        done = stretch(plan, state, log, rows, keys, pairs, scratch, table, count, place, kinds, here, begin)
        if done < count:
            return (family << FACT_BITS) | done
    return DONE
