"""Encode a family's plan as integers for the kernel (fanzha.windows._kernel.layout)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.plan import FamilyPlan
from fanzha.windows._kernel import layout as at
from fanzha.windows.spec import MODES, Aggregate, WindowSpec

_SUMMED = MODES | {Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT}  # of modes the facts are counted


class RowWords:
    """Offsets of the aggregates in the row of a key: key, tail, spans with sums, lasts, ages, latest, extremes."""

    def __init__(self, plan: FamilyPlan) -> None:
        self.tail = len(plan.keys)
        end = self.tail + 1
        self.head: dict[int, int] = {}
        self.sum: dict[tuple[int, tuple[int, int]], int] = {}
        for span in plan.spans:
            self.head[span] = end
            self.sum.update({(span, sum_key): end + 2 + nth for nth, sum_key in enumerate(plan.sums[span])})
            end += 2 + len(plan.sums[span])
        self.last = {gate: end + nth for nth, gate in enumerate(plan.lasts)}
        end += len(plan.lasts)
        self.age = {age: end + 2 * nth for nth, age in enumerate(plan.ages)}
        end += 2 * len(plan.ages)
        self.latest = {slot: end + 2 * nth for nth, slot in enumerate(plan.latest)}
        end += 2 * len(plan.latest)
        self.extreme = {extreme: end + 2 * nth for nth, extreme in enumerate(plan.extremes)}
        self.width = end + 2 * len(plan.extremes)

    def of_no_key(self, aggregate: int) -> list[int]:
        """Return the row of a key without facts, or with UNKNOWN aggregates the row of an unknown key."""
        row = [0] * self.width
        row[self.tail] = at.NONE
        for head in self.head.values():
            row[head : head + 2] = at.NEVER, at.NONE
        for word in self.sum.values():
            row[word] = aggregate
        for word in (*self.last.values(), *self.age.values(), *self.latest.values()):
            row[word] = at.UNKNOWN
        for word in self.extreme.values():
            row[word : word + 2] = at.NONE, at.NONE
        return row


def encode_plan(plan: FamilyPlan, column: Mapping[str, int], kinds: Sequence[int], out_base: int) -> NDArray[np.int64]:
    """Return the encoded plan; `column` maps names to column indices, `kinds` are numbered from 1 in order."""
    words = RowWords(plan)
    gates = {gate: bit for bit, gate in enumerate(plan.gates)}
    tables = {
        at.KEY_TABLE: [column[key] for key in plan.keys],
        at.GATE_TABLE: [number for gate, bit in gates.items() if gate for number in (bit, column[gate])],
        at.SLOT_TABLE: [n for slot in plan.slots for n in (slot.fill, gates[slot.gate], column.get(slot.value, 0))],
        at.ITEM_TABLE: [plan.slots.index(slot) for slot in plan.items],
        at.SUM_TABLE: [
            n for span in plan.spans for sum_key in plan.sums[span] for n in _sum(plan, words, span, sum_key)
        ],
        at.LAST_TABLE: [n for gate in plan.lasts for n in (gates[gate], words.last[gate])],
        at.AGE_TABLE: [n for age in plan.ages for n in (gates[age[0]], age[1], words.age[age])],
        at.LATEST_TABLE: [n for slot in plan.latest for n in (plan.slots.index(slot), words.latest[slot])],
        at.EXTREME_TABLE: _extremes(plan, words),
        at.VIEW_TABLE: [n for view in plan.views for n in (int(view == plan.keys), *(column[key] for key in view))],
    }
    head = _head(plan, words, out_base)
    body: list[int] = []
    for offset, table in tables.items():
        head[offset] = at.PLAN_HEAD + len(body)
        body += table
    head[at.SPAN_TABLE] = at.PLAN_HEAD + len(body)
    body += _spans(plan, words, head[at.SUM_TABLE])
    head[at.ROLE_TABLE] = at.PLAN_HEAD + len(body)
    body += _roles(plan, words, kinds, head[at.ROLE_TABLE])
    return np.array([head[offset] for offset in range(at.PLAN_HEAD)] + body, np.int64)


def _head(plan: FamilyPlan, words: RowWords, out_base: int) -> dict[int, int]:
    return {
        at.KEY_PARTS: len(plan.keys),
        at.SLOT_COUNT: len(plan.slots),
        at.ITEM_COUNT: len(plan.items),
        at.SPAN_COUNT: len(plan.sums),
        at.LAST_COUNT: len(plan.lasts),
        at.AGE_COUNT: len(plan.ages),
        at.LATEST_COUNT: len(plan.latest),
        at.EXTREME_COUNT: len(plan.extremes),
        at.VIEW_COUNT: len(plan.views),
        at.OUTPUT_COUNT: len(plan.outputs),
        at.DAILY: int(plan.daily),
        at.ROW_WIDTH: words.width,
        at.ENTRY_WIDTH: at.VALUES + len(plan.slots) + len(plan.extremes),
        at.OUT_BASE: out_base,
        at.LONGEST: plan.spans[-1],
        at.TAIL: words.tail,
        at.ALWAYS: 1 << plan.gates.index("") if "" in plan.gates else 0,
        at.GATE_COUNT: len([gate for gate in plan.gates if gate]),
    }


def _sum(plan: FamilyPlan, words: RowWords, span: int, sum_key: tuple[int, int]) -> tuple[int, int, int, int]:
    form, index = sum_key
    word = words.sum[span, sum_key]
    if form == at.COUNT:
        return form, at.MASK_BIT + index, word, 0
    if form == at.DISTINCT:
        return form, plan.slots.index(plan.items[index]), word, at.LATER_BIT + index
    return form, index, word, 0


def _spans(plan: FamilyPlan, words: RowWords, sums: int) -> list[int]:
    table = []
    for span in plan.spans:
        end = sums + at.SUM_WIDTH * len(plan.sums[span])
        table += [span, words.head[span], sums, end]
        sums = end
    return table


def _extremes(plan: FamilyPlan, words: RowWords) -> list[int]:
    table = []
    for nth, extreme in enumerate(plan.extremes):
        slot, span, sign = extreme
        queue = at.VALUES + len(plan.slots) + nth
        table += [plan.slots.index(slot), span, sign, words.extreme[extreme], queue]
    return table


def _roles(plan: FamilyPlan, words: RowWords, kinds: Sequence[int], begin: int) -> list[int]:
    """Return role and table offset of each kind (kind 0 is all others), followed by the tables of requested outputs."""
    every = (None, *kinds)
    roles: list[int] = []
    encoded: list[int] = []
    for kind in every:
        asks = at.ASKS if any(kind in output.kinds for output in plan.outputs) else 0
        roles += [(at.SELECTS if kind == plan.source else 0) | asks, begin + 2 * len(every) + len(encoded)]
        encoded += _encode_kind(plan, words, kind)
    return roles + encoded


def _encode_kind(plan: FamilyPlan, words: RowWords, kind: int | None) -> list[int]:
    requested = [(nth, output.spec) for nth, output in enumerate(plan.outputs) if kind in output.kinds]
    early = [(nth, spec) for nth, spec in requested if spec.before or spec.what in (Aggregate.GAP, Aggregate.LAST)]
    late = [output for output in requested if output not in early]
    unasked = [nth for nth, output in enumerate(plan.outputs) if kind not in output.kinds]
    views = [int(any(spec.asking == view for _, spec in requested)) for view in plan.views]
    groups = [
        [output for output in group if (output[1].what in _SUMMED) == summed]
        for group in (early, late)
        for summed in (1, 0)
    ]
    outputs = [n for group in groups for nth, spec in group for n in (nth, *_output(plan, words, spec))]
    return [*views, *map(len, groups), len(unasked), *outputs, *unasked]


def _output(plan: FamilyPlan, words: RowWords, spec: WindowSpec) -> tuple[int, ...]:
    view = plan.views.index(spec.asking)
    if spec.what == Aggregate.GAP:
        return view, words.last[spec.gate], at.SINCE_LAST, spec.span, 0
    if spec.what == Aggregate.LAST:
        return view, words.latest[plan.window_slot(spec)], at.LATEST, spec.span, 0
    if spec.what == Aggregate.AGE:
        return view, words.age[spec.gate, spec.span], at.SINCE_FIRST, spec.span, 0
    if spec.what in (Aggregate.MIN, Aggregate.MAX):
        extreme = plan.window_extreme(spec)
        return view, words.extreme[extreme], at.EXTREME, spec.span, plan.slots.index(extreme[0])
    return view, words.sum[spec.span, plan.window_sum(spec)]
