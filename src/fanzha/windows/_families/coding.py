"""Write a family's plan as the whole numbers the kernel reads (fanzha.windows._kernel.layout)."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.windows._families.plan import Asked, FamilyPlan
from fanzha.windows._kernel import layout as at
from fanzha.windows.spec import What


class RowWords:
    """Where the aggregates of one key stand in its row: key, tail, spans with their sums, lasts, ages, extremes."""

    def __init__(self, plan: FamilyPlan) -> None:
        self.tail = len(plan.keys)
        end = self.tail + 1
        self.head: dict[int, int] = {}
        self.sum: dict[tuple[int, tuple[int, int]], int] = {}
        for span in plan.spans:
            self.head[span] = end
            self.sum.update({(span, one): end + 1 + nth for nth, one in enumerate(plan.sums[span])})
            end += 1 + len(plan.sums[span])
        self.last = {gate: end + nth for nth, gate in enumerate(plan.lasts)}
        end += len(plan.lasts)
        self.age = {age: end + 2 * nth for nth, age in enumerate(plan.ages)}
        end += 2 * len(plan.ages)
        self.extreme = {extreme: end + 2 * nth for nth, extreme in enumerate(plan.extremes)}
        self.width = end + 2 * len(plan.extremes)


def coded(plan: FamilyPlan, column: Mapping[str, int], kinds: Sequence[int], out_base: int) -> NDArray[np.int64]:
    """Return the plan in whole numbers; `column` gives places of columns, `kinds` count from 1 in their order."""
    words = RowWords(plan)
    tables: list[tuple[int, list[int]]] = [
        (at.KEY_TABLE, [column[key] for key in plan.keys]),
        (at.GATE_TABLE, [column[gate] if gate else at.NONE for gate in plan.gates]),
        (at.SLOT_TABLE, [n for s in plan.slots for n in (s.fill, plan.gates.index(s.gate), column.get(s.value, 0))]),
        (at.ITEM_TABLE, [plan.slots.index(slot) for slot in plan.items]),
        (at.SUM_TABLE, [n for span in plan.spans for one in plan.sums[span] for n in (*one, words.sum[span, one])]),
        (at.LAST_TABLE, [n for gate in plan.lasts for n in (plan.gates.index(gate), words.last[gate])]),
        (at.AGE_TABLE, [n for age in plan.ages for n in (plan.gates.index(age[0]), age[1], words.age[age])]),
        (at.EXTREME_TABLE, _extremes(plan, words)),
        (at.VIEW_TABLE, [n for view in plan.views for n in (int(view == plan.keys), *(column[one] for one in view))]),
        (at.OUTPUT_TABLE, [n for one in plan.outputs for n in _output(plan, words, one)]),
        (at.ROLE_TABLE, [0, *(_role(plan, kind) for kind in kinds)]),
        (at.VIEW_ASKED_TABLE, [int(_views(plan, kind, view)) for kind in (None, *kinds) for view in plan.views]),
        (at.ORDER_TABLE, [n for kind in (None, *kinds) for n in _order(plan, kind)]),
    ]
    head = [0] * at.PLAN_HEAD
    body: list[int] = []
    for place, table in tables:
        head[place] = at.PLAN_HEAD + len(body)
        body += table
    head[at.SPAN_TABLE] = at.PLAN_HEAD + len(body)
    body += _spans(plan, words, head[at.SUM_TABLE])
    for place, number in _head(plan, words, len(kinds) + 1, out_base).items():
        head[place] = number
    return np.array(head + body, np.int64)


def _head(plan: FamilyPlan, words: RowWords, kinds: int, out_base: int) -> dict[int, int]:
    return {
        at.KEY_PARTS: len(plan.keys),
        at.GATE_COUNT: len(plan.gates),
        at.SLOT_COUNT: len(plan.slots),
        at.ITEM_COUNT: len(plan.items),
        at.SPAN_COUNT: len(plan.sums),
        at.LAST_COUNT: len(plan.lasts),
        at.AGE_COUNT: len(plan.ages),
        at.EXTREME_COUNT: len(plan.extremes),
        at.VIEW_COUNT: len(plan.views),
        at.OUTPUT_COUNT: len(plan.outputs),
        at.KIND_COUNT: kinds,
        at.DAILY: int(plan.daily),
        at.ROW_WIDTH: words.width,
        at.ENTRY_WIDTH: at.VALUES + len(plan.slots) + len(plan.extremes),
        at.OUT_BASE: out_base,
        at.LONGEST: len(plan.sums) - 1,
        at.TAIL: words.tail,
    }


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


def _output(plan: FamilyPlan, words: RowWords, asked: Asked) -> tuple[int, int, int, int, int]:
    spec = asked.spec
    view = plan.views.index(spec.asking)
    if spec.what == What.GAP:
        return view, at.SINCE_LAST, words.last[spec.gate], spec.span, 0
    if spec.what == What.AGE:
        return view, at.SINCE_FIRST, words.age[spec.gate, spec.span], spec.span, 0
    if spec.what in (What.MIN, What.MAX):
        extreme = plan.extreme_of(spec)
        return view, at.EXTREME, words.extreme[extreme], spec.span, plan.slots.index(extreme[0])
    return view, at.AGGREGATE, words.sum[spec.span, plan.sum_of(spec)], spec.span, 0


def _role(plan: FamilyPlan, kind: int) -> int:
    asks = any(kind in one.kinds for one in plan.outputs)
    return (at.SELECTS if kind == plan.source else 0) | (at.ASKS if asks else 0)


def _views(plan: FamilyPlan, kind: int | None, view: tuple[str, ...]) -> bool:
    return any(kind in one.kinds and one.spec.asking == view for one in plan.outputs)


def _order(plan: FamilyPlan, kind: int | None) -> list[int]:
    early = {nth for nth, one in enumerate(plan.outputs) if one.spec.before or one.spec.what == What.GAP}
    told = {nth for nth, one in enumerate(plan.outputs) if kind in one.kinds}
    groups = [sorted(told & early), sorted(told - early), sorted(set(range(len(plan.outputs))) - told)]
    return [len(groups[0]), len(groups[1]), *groups[0], *groups[1], *groups[2]]
