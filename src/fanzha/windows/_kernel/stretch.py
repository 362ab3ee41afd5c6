"""Process a stretch of facts in all families in one call: write the outputs and add the selected facts."""

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import compiled
from fanzha.windows._kernel import layout as at
from fanzha.windows._kernel.days import day_of
from fanzha.windows._kernel.eviction import sweep
from fanzha.windows._kernel.idle_families import is_idle, write_empty_outputs
from fanzha.windows._kernel.pointers import pointer_behind, pointer_to
from fanzha.windows._kernel.prefetch import UNKNOWN_KEY, bid_for, name_keys
from fanzha.windows._kernel.row_allocation import new_row, room_for
from fanzha.windows._kernel.rows import append_entry, expire_entry
from fanzha.windows.hash_tables import find_row

NONE, UNKNOWN, NOTHING, NOT_KNOWN = at.NONE, at.UNKNOWN, at.NOTHING, at.NOT_KNOWN

#: Result of `run`: done, out of order, or `family << FACT_BITS | fact` if a further entry does not fit.
DONE, OUT_OF_ORDER, FACT_BITS = -1, -2, 40


@compiled
def selected_by(
    plan: NDArray[np.int64], columns: NDArray[np.int64], count: int, fact: int, scratch: NDArray[np.int64]
) -> int:
    """Return the gates that a fact passes as bits; write its key, which is known, and its values to the scratch.

    Returns 0 if the fact is in no window.
    """
    parts = plan[at.KEY_PARTS]
    for part in range(parts):
        scratch[part] = columns[plan[plan[at.KEY_TABLE] + part] * count + fact]
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
def compute_output(
    log: NDArray[np.int64],
    ring: int,
    width: int,
    rows: NDArray[np.int64],
    base: int,
    moment: int,
    now: int,
    output: NDArray[np.int64],
) -> int:
    """Return the value of an output that is not an aggregate."""
    word, form = base + output[2], output[3]
    if rows[word] == (NONE if form == at.EXTREME else UNKNOWN):
        return UNKNOWN
    if form == at.EXTREME:
        return int(log[(rows[word] & ring) * width + at.VALUES + output[5]])
    if form == at.LATEST:
        return int(rows[word + 1]) if now - rows[word] < output[4] else UNKNOWN
    last = rows[word] if form == at.SINCE_LAST else rows[word + 1]
    return int(moment - rows[word]) if now - last < output[4] else UNKNOWN


@compiled
def write_outputs(
    width: int,
    log: NDArray[np.int64],
    ring: int,
    rows: NDArray[np.int64],
    bases: NDArray[np.int64],
    moment: int,
    now: int,
    outputs: NDArray[np.int64],
    aggregates: int,
    other_outputs: int,
    out: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Write outputs of one fact; `bases` are the rows of its views. Return the rest of the table of outputs."""
    for _ in range(aggregates):
        out[outputs[0]] = rows[bases[outputs[1]] + outputs[2]]
        outputs = pointer_behind(outputs, at.AGGREGATE_WIDTH)
    for _ in range(other_outputs):
        out[outputs[0]] = compute_output(log, ring, width, rows, bases[outputs[1]], moment, now, outputs)
        outputs = pointer_behind(outputs, at.OTHER_WIDTH)
    return outputs


@compiled
def find_views(
    plan: NDArray[np.int64],
    state: NDArray[np.int64],
    log: NDArray[np.int64],
    rows: NDArray[np.int64],
    keys: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    fact: int,
    tags: NDArray[np.int64],
    own: int,
    now: int,
    bases: NDArray[np.int64],
    key: NDArray[np.int64],
) -> None:
    """Write the row offset of each key that a fact reads, and expire old entries of these rows.

    `own` is the row that the fact is added to, `tags` are those of all views.
    """
    parts, width = plan[at.KEY_PARTS], plan[at.ROW_WIDTH]
    table = plan[at.VIEW_TABLE]
    for view in range(plan[at.VIEW_COUNT]):
        row, tag = own, tags[view]
        if own == NOTHING or not plan[table]:
            row = NOT_KNOWN if tag == UNKNOWN_KEY else NOTHING
            if tag >= 0:
                for part in range(parts):
                    key[part] = facts[plan[table + 1 + part] * count + fact]
                row = find_row(keys, state[at.KEYS_LAST], tag, rows, width, key, parts)
        bases[view] = row * width
        expire_entry(plan, log, state[at.RING], rows, row * width, now)
        table += 1 + parts


@compiled
def choose(
    plan: NDArray[np.int64],
    facts: NDArray[np.int64],
    count: int,
    begin: int,
    kind_of: NDArray[np.int64],
    roles: NDArray[np.int64],
    role_step: int,
    shift: int,
    chosen: NDArray[np.int64],
    out: NDArray[np.int64],
) -> int:
    """Write the next facts from `begin` on that a family selects or answers, at most BLOCK, and their number.

    `chosen` receives the number, then the facts; the outputs of skipped facts are UNKNOWN. Returns the index
    after the last fact checked.
    """
    table, outputs, chosen_count, fact = plan[at.ROLE_TABLE], plan[at.OUTPUT_COUNT], 0, begin
    while fact < count and chosen_count < at.BLOCK:
        if plan[table + 2 * kind_of[facts[fact] & 0xFFFF]] & (roles[fact * role_step] >> shift):
            chosen_count += 1
            chosen[chosen_count] = fact
        else:
            for output in range(fact * outputs, (fact + 1) * outputs):
                out[output] = UNKNOWN
        fact += 1
    chosen[0] = chosen_count
    return fact


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
    first_position: int,
    kind_of: NDArray[np.int64],
    roles: NDArray[np.int64],
    role_step: int,
    shift: int,
    out: NDArray[np.int64],
    begin: int,
) -> int:
    """Process facts in one family from the fact `begin` on; return how many are done, all unless it is full.

    The role of a fact is that of its kind, as far as the two bits at `shift` of its word in `roles` allow it;
    `role_step` is 1, or 0 where one word is for all facts.
    """
    parts, slots, items, width = plan[at.KEY_PARTS], plan[at.SLOT_COUNT], plan[at.ITEM_COUNT], plan[at.ROW_WIDTH]
    output_count, view_count, entry, ring = (
        plan[at.OUTPUT_COUNT],
        plan[at.VIEW_COUNT],
        plan[at.ENTRY_WIDTH],
        state[at.RING],
    )
    values, earlier = pointer_behind(scratch, parts), pointer_behind(scratch, parts + slots)
    bases = pointer_behind(earlier, items)
    key = pointer_behind(bases, view_count)
    chosen = pointer_behind(key, parts)
    named = pointer_behind(chosen, 1 + at.BLOCK)
    slots_found = pointer_behind(named, at.BLOCK * (1 + view_count))
    daily, room = plan[at.DAILY], room_for(plan, state)
    end = begin
    while end < count:
        end = choose(plan, facts, count, end, kind_of, roles, role_step, shift, chosen, out)
        name_keys(plan, state, keys, facts, count, kind_of, roles, role_step, shift, chosen, named)
        if chosen[0] >= at.FEW:
            bid_for(plan, state, log, rows, keys, pairs, facts, count, chosen, named, slots_found)
        for index in range(chosen[0]):
            fact, tags = chosen[1 + index], pointer_behind(named, index * (1 + view_count))
            role = plan[at.ROLE_TABLE] + 2 * kind_of[facts[fact] & 0xFFFF]
            role, numbers = plan[role] & (roles[fact * role_step] >> shift), plan[role + 1] + view_count
            outputs = pointer_behind(plan, numbers + 5)
            fact_outputs = pointer_behind(out, fact * output_count)
            moment = facts[count + fact]
            now = day_of(moment) if daily else moment
            row, mask = NOTHING, 0
            if role & at.SELECTS:
                if room < 1:
                    room = room_for(plan, state)
                    if room < 1:
                        return int(fact)
                room -= 1
                if tags[0] >= 0:
                    mask = selected_by(plan, facts, count, fact, scratch)
                if mask:
                    row = find_row(keys, state[at.KEYS_LAST], tags[0], rows, width, scratch, parts)
                    if row == NOTHING:
                        row = new_row(plan, state, rows, keys, tags[0], scratch)
            if role & at.ASKS:
                asked_tags = pointer_behind(tags, 1)
                find_views(plan, state, log, rows, keys, facts, count, fact, asked_tags, row, now, bases, key)
                aggregates, other_outputs = plan[numbers], plan[numbers + 1]
                outputs = write_outputs(
                    entry, log, ring, rows, bases, moment, now, outputs, aggregates, other_outputs, fact_outputs
                )
            if mask:
                append_entry(
                    plan, state, log, rows, pairs, values, earlier, row, moment, now, first_position + fact, mask
                )
            if role & at.ASKS:
                aggregates, other_outputs = plan[numbers + 2], plan[numbers + 3]
                outputs = write_outputs(
                    entry, log, ring, rows, bases, moment, now, outputs, aggregates, other_outputs, fact_outputs
                )
                for none in range(plan[numbers + 4]):
                    fact_outputs[outputs[none]] = UNKNOWN
            else:
                for output in range(output_count):
                    fact_outputs[output] = UNKNOWN
    return count


@compiled
def in_order(moments: NDArray[np.int64], count: int, latest: int) -> bool:
    """Return whether moments never decrease and the first is not below `latest`."""
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
    first_position: int,
    latest: int,
    sweeps: bool,
    roles: NDArray[np.int64],
    role_step: int,
    out: NDArray[np.int64],
    resume: int,
) -> int:
    """Process a stretch in every family; return DONE, OUT_OF_ORDER, or where to resume once a family has grown.

    All four are arrays. `facts` [2 + columns, count] are kinds, moments and columns in sequence; `out` receives
    for each family its outputs [count, outputs]; `latest` is the last moment of the stretch before; `sweeps` says
    whether entries outside all windows are freed first. `roles` restricts the facts of each family (`role_word`).
    """
    first_family, first_fact = resume >> FACT_BITS, resume & ((1 << FACT_BITS) - 1)
    table, kinds, outputs = pointer_to(facts.ctypes.data), pointer_to(kind_of.ctypes.data), pointer_to(out.ctypes.data)
    words = pointer_to(roles.ctypes.data)
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
        if sweeps and begin == 0:
            sweep(plan, state, log, rows, keys, pairs, scratch, day_of(moment) if plan[at.DAILY] else moment)
        family_outputs = pointer_behind(outputs, plan[at.OUT_BASE] * count)
        own_roles = pointer_behind(words, family // at.FAMILIES_PER_WORD * count * role_step)
        shift = at.ROLE_BITS * (family % at.FAMILIES_PER_WORD)
        if begin == 0 and is_idle(plan, state, table, count, kinds):
            write_empty_outputs(plan, rows, scratch, table, count, kinds, own_roles, role_step, shift, family_outputs)
            continue
        done = stretch(
            plan,
            state,
            log,
            rows,
            keys,
            pairs,
            scratch,
            table,
            count,
            first_position,
            kinds,
            own_roles,
            role_step,
            shift,
            family_outputs,
            begin,
        )
        if done < count:
            return (family << FACT_BITS) | done
    return DONE
