"""Run a stretch of facts through all families in one call: what each asks is told, what each selects is taken in."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.days import day_of
from fanzha.windows._kernel.memory import array_at
from fanzha.windows._kernel.opening import full, new_row
from fanzha.windows._kernel.rows import go_out, take_in
from fanzha.windows._kernel.sweeping import sweep
from fanzha.windows._kernel.tables import find_row, tag_of_key

NONE, UNKNOWN = at.NONE, at.UNKNOWN
NOT_KNOWN = -2  # a view whose present key is unknown

#: What `run` returns: all done, out of order, or else `family << FACT_BITS | fact`, where one more entry does not fit.
DONE, OUT_OF_ORDER, FACT_BITS = -1, -2, 40


@compiled
def selected_by(
    plan: NDArray[np.int64], columns: NDArray[np.int64], count: int, fact: int, scratch: NDArray[np.int64]
) -> int:
    """Return the gates a fact passes, as bits; put its key and its values into the scratch. 0: it is in no window."""
    for part in range(plan[at.KEY_PARTS]):
        scratch[part] = columns[plan[plan[at.KEY_TABLE] + part] * count + fact]
        if scratch[part] == UNKNOWN:
            return 0
    mask = 0
    for gate in range(plan[at.GATE_COUNT]):
        column = plan[plan[at.GATE_TABLE] + gate]
        mask |= int(column == NONE or columns[column * count + fact] == 1) << gate
    for slot in range(plan[at.SLOT_COUNT]):
        table = plan[at.SLOT_TABLE] + slot * at.SLOT_WIDTH
        value = UNKNOWN
        if (mask >> plan[table + 1]) & 1:
            value = 1 if plan[table] == at.COUNTED else columns[plan[table + 2] * count + fact]
        scratch[plan[at.KEY_PARTS] + slot] = value
    if plan[at.DAILY] and plan[at.ITEM_COUNT] and scratch[plan[at.KEY_PARTS]] == UNKNOWN:
        return 0
    return mask


@compiled
def told(
    plan: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    row: int,
    moment: int,
    now: int,
    output: int,
) -> int:
    """Return the value of an output."""
    table = plan[at.OUTPUT_TABLE] + output * at.OUTPUT_WIDTH
    form = plan[table + 1]
    if row < 0:
        return 0 if row == NONE and form == at.AGGREGATE else UNKNOWN
    word = row * plan[at.ROW_WIDTH] + plan[table + 2]
    if form == at.AGGREGATE:
        return int(rows[word])
    if form == at.EXTREME:
        if rows[word] == NONE:
            return UNKNOWN
        entry = (rows[word] & (len(log) // plan[at.ENTRY_WIDTH] - 1)) * plan[at.ENTRY_WIDTH]
        return int(log[entry + at.VALUES + plan[table + 4]])
    if rows[word] == UNKNOWN:
        return UNKNOWN
    last = rows[word] if form == at.SINCE_LAST else rows[word + 1]
    return int(moment - rows[word]) if now - last < plan[table + 3] else UNKNOWN


@compiled
def find_views(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    columns: NDArray[np.int64],
    count: int,
    fact: int,
    kind: int,
    own: int,
    now: int,
    views: NDArray[np.int64],
    key: NDArray[np.int64],
) -> None:
    """Find the row of each key a fact asks about, brought to its moment; `own` is the row it is selected into."""
    parts = plan[at.KEY_PARTS]
    for view in range(plan[at.VIEW_COUNT]):
        if not plan[plan[at.VIEW_ASKED_TABLE] + kind * plan[at.VIEW_COUNT] + view]:
            continue
        table = plan[at.VIEW_TABLE] + view * (1 + parts)
        row = own
        if own == NONE or not plan[table]:
            known = True
            for part in range(parts):
                key[part] = columns[plan[table + 1 + part] * count + fact]
                known &= key[part] != UNKNOWN
            tag = tag_of_key(state[at.SEED], key, parts)
            row = find_row(keys, tag, rows, plan[at.ROW_WIDTH], key, parts) if known else NOT_KNOWN
        if row >= 0:
            go_out(plan, log, rows, row, now)
        views[view] = row


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
    """Run facts through one family from the fact `begin` on; return how many are done, all unless something is full."""
    parts, outputs = plan[at.KEY_PARTS], plan[at.OUTPUT_COUNT]
    views = scratch[parts + plan[at.SLOT_COUNT] + plan[at.ITEM_COUNT] :]
    asked = views[plan[at.VIEW_COUNT] :]
    for fact in range(begin, count):
        kind = kind_of[facts[fact] & 0xFFFF]
        role = plan[plan[at.ROLE_TABLE] + kind]
        here = fact * outputs
        order = plan[at.ORDER_TABLE] + kind * (2 + outputs)
        before, all_told = plan[order], plan[order] + plan[order + 1]
        for one in range(all_told, outputs):
            out[here + plan[order + 2 + one]] = UNKNOWN
        if not role:
            continue
        moment = facts[count + fact]
        now = day_of(moment) if plan[at.DAILY] else moment
        row, mask = NONE, 0
        if role & at.SELECTS:
            if full(plan, state, log, rows, keys, pairs):
                return fact
            mask = selected_by(plan, facts, count, fact, scratch)
            if mask:
                tag = tag_of_key(state[at.SEED], scratch, parts)
                row = find_row(keys, tag, rows, plan[at.ROW_WIDTH], scratch, parts)
                if row == NONE:
                    row = new_row(plan, state, rows, keys, tag, scratch)
        if role & at.ASKS:
            find_views(plan, state, log, rows, keys, facts, count, fact, kind, row, now, views, asked)
            for one in range(before):
                output = plan[order + 2 + one]
                seen = views[plan[plan[at.OUTPUT_TABLE] + output * at.OUTPUT_WIDTH]]
                out[here + output] = told(plan, log, rows, seen, moment, now, output)
        if mask:
            take_in(plan, state, log, rows, pairs, scratch, row, moment, now, place + fact, mask)
        if role & at.ASKS:
            for one in range(before, all_told):
                output = plan[order + 2 + one]
                seen = views[plan[plan[at.OUTPUT_TABLE] + output * at.OUTPUT_WIDTH]]
                out[here + output] = told(plan, log, rows, seen, moment, now, output)
    return count


@compiled
def in_order(moments: NDArray[np.int64], latest: int) -> bool:
    """Whether moments never fall, the first not below `latest`."""
    for moment in moments:
        if moment < latest:
            return False
        latest = moment
    return True


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

    `facts` [2 + columns, count] are kinds, moments and columns one after the other; `out` takes for each family its
    outputs [count, outputs]; `latest` is the last moment of the stretch before.
    """
    first_family, first_fact = resume >> FACT_BITS, resume & ((1 << FACT_BITS) - 1)
    if resume == 0 and not in_order(facts[count : 2 * count], latest):
        return OUT_OF_ORDER
    for family in range(first_family, len(directory) // at.DIRECTORY_WIDTH):
        base = family * at.DIRECTORY_WIDTH
        plan = array_at(directory[base + at.PLAN], directory[base + at.PLAN + 1])
        state = array_at(directory[base + at.STATE], directory[base + at.STATE + 1])
        log = array_at(directory[base + at.LOG], directory[base + at.LOG + 1])
        rows = array_at(directory[base + at.ROWS], directory[base + at.ROWS + 1])
        keys = array_at(directory[base + at.KEYS], directory[base + at.KEYS + 1])
        pairs = array_at(directory[base + at.PAIRS], directory[base + at.PAIRS + 1])
        scratch = array_at(directory[base + at.SCRATCH], directory[base + at.SCRATCH + 1])
        begin = first_fact if family == first_family else 0
        if begin == 0:
            moment = facts[count]
            sweep(plan, state, log, rows, keys, pairs, day_of(moment) if plan[at.DAILY] else moment)
        here = out[plan[at.OUT_BASE] * count :]
        done = stretch(plan, state, log, rows, keys, pairs, scratch, facts, count, place, kind_of, here, begin)
        if done < count:
            return (family << FACT_BITS) | done
    return DONE
