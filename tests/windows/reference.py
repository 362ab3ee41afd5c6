"""Windows as docs/reference/rules.md says them: plain lists, searched anew for every fact; and random cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanzha.windows import CHINA_MS, DAY_MS, MOST_EXACT_MS, UNKNOWN, Aggregate, FactBatch, WindowSpec
from fanzha.windows.spec import MODES

Asked = list[tuple[WindowSpec, frozenset[int]]]
HOUR = DAY_MS // 24
KINDS = (1, 2, 3)


@dataclass(frozen=True)
class Fact:
    """One fact; `fields` holds what is known of it."""

    place: int
    kind: int
    moment: int
    fields: dict[str, int]


def listed(facts: FactBatch) -> list[Fact]:
    """Return facts one by one."""
    return [
        Fact(
            facts.first + row,
            int(facts.kinds[row]),
            int(facts.moments[row]),
            {name: int(column[row]) for name, column in facts.columns.items() if column[row] != UNKNOWN},
        )
        for row in range(len(facts))
    ]


def day(moment: int) -> int:
    """Return the number of the calendar day in China."""
    return (moment + CHINA_MS) // DAY_MS


def lies_within(spec: WindowSpec, moment: int, now: int) -> bool:
    """Whether a moment lies in the window's span."""
    if spec.span > MOST_EXACT_MS:
        return day(now) - day(moment) < spec.span // DAY_MS
    return moment > now - spec.span


def selected(spec: WindowSpec, sequence: Sequence[Fact], present: Fact) -> list[Fact] | None:
    """Return all facts up to the present one that the window selects, whatever their age; None: the key is unknown."""
    if any(column not in present.fields for column in spec.asking):
        return None
    key = [present.fields[column] for column in spec.asking]
    return [
        fact
        for fact in sequence
        if fact.kind == spec.source
        and (fact.place < present.place or (fact.place == present.place and not spec.before))
        and [fact.fields.get(column) for column in spec.keys] == key
        and (not spec.gate or fact.fields.get(spec.gate) == 1)
    ]


def value_of(spec: WindowSpec, sequence: Sequence[Fact], present: Fact) -> int | None:
    """Return the value of a window as of the present fact, None when it is unknown."""
    facts = selected(spec, sequence, present)
    if facts is None:
        return None
    if spec.what == Aggregate.AGE:
        return age_of(spec, facts, present)
    if spec.what == Aggregate.GAP:
        earlier = [fact for fact in facts if fact.place < present.place]
        near = bool(earlier) and lies_within(spec, earlier[-1].moment, present.moment)
        return present.moment - earlier[-1].moment if near else None
    if spec.what == Aggregate.LAST:
        earlier = [fact for fact in facts if fact.place < present.place and spec.value in fact.fields]
        near = bool(earlier) and lies_within(spec, earlier[-1].moment, present.moment)
        return earlier[-1].fields[spec.value] if near else None
    inside = [fact for fact in facts if lies_within(spec, fact.moment, present.moment)]
    if spec.what in MODES:
        return mode_of(spec, [fact for fact in inside if spec.value in fact.fields])
    values = [fact.fields[spec.value] for fact in inside if spec.value in fact.fields]
    if spec.what in (Aggregate.MIN, Aggregate.MAX):
        return (min if spec.what == Aggregate.MIN else max)(values) if values else None
    return {Aggregate.COUNT: len(inside), Aggregate.DISTINCT: len(set(values)), Aggregate.SUM: sum(values)}[spec.what]


def mode_of(spec: WindowSpec, facts: list[Fact]) -> int | None:
    """Return the most frequent value (of several the one whose latest fact is the latest), its count or its result."""
    by_value: dict[int, list[Fact]] = {}
    for fact in facts:
        by_value.setdefault(fact.fields[spec.value], []).append(fact)
    if not by_value:
        return None
    most = max(by_value.values(), key=lambda of_value: (len(of_value), of_value[-1].place))
    return len(most) if spec.what == Aggregate.MODE_COUNT else most[-1].fields.get(spec.result or spec.value)


def age_of(spec: WindowSpec, facts: list[Fact], present: Fact) -> int | None:
    """Return the time since the first fact after the last silence of the span or longer."""
    if not facts or not lies_within(spec, facts[-1].moment, present.moment):
        return None
    first = facts[0]
    for earlier, later in zip(facts, facts[1:], strict=False):
        if not lies_within(spec, earlier.moment, later.moment):
            first = later
    return present.moment - first.moment


def values_of(asked: Asked, facts: FactBatch) -> dict[str, list[int]]:
    """Return all windows for all facts, as `Windows.feed` does for a whole sequence."""
    sequence = listed(facts)
    values: dict[str, list[int]] = {}
    for spec, kinds in asked:
        wanted = (value_of(spec, sequence, fact) if fact.kind in kinds else None for fact in sequence)
        values[spec.name] = [UNKNOWN if value is None else value for value in wanted]
    return values


def cut(facts: FactBatch, places: Iterable[int]) -> list[FactBatch]:
    """Return the same sequence in stretches that begin at these places."""
    edges = sorted({0, len(facts), *places})
    return [
        FactBatch(
            facts.kinds[begin:end],
            facts.moments[begin:end],
            {name: column[begin:end] for name, column in facts.columns.items()},
            facts.first + begin,
        )
        for begin, end in zip(edges, edges[1:], strict=False)
    ]


def some_facts(chance: np.random.Generator, count: int, longest: int) -> FactBatch:
    """Return made-up facts with ties, silences around the spans, and gaps in every column."""
    steps = np.array([0, 0, 0, 1, 1, 2, longest // 9, longest // 3, longest // 2, longest, longest + 1])
    moments = 1_700_000_000_000 + np.cumsum(chance.choice(steps, count, p=[*[0.116] * 8, 0.04, 0.016, 0.016]))

    def column(few: int, unknown: float, least: int = 0) -> NDArray[np.int64]:
        return np.where(chance.random(count) < unknown, UNKNOWN, chance.integers(least, least + few, count))

    columns = {name: column(3, 0.1) for name in ("caller", "callee", "trunk")}
    columns |= {"talk_ms": column(9, 0.2, -4), "cell": column(4, 0.2)}
    columns |= {"answered": column(2, 0.2), "foreign": column(2, 0.2)}
    return FactBatch(chance.choice(np.array(KINDS, np.int16), count), moments, columns, int(chance.integers(0, 100)))


def some_windows(chance: np.random.Generator, count: int, longest: int, *, modes: bool = True) -> Asked:
    """Return random windows of every sort; with a longest span of days, half of them over calendar days.

    Without `modes` they are of those sorts that single facts may ask for.
    """
    asked: Asked = []
    for _ in range(count):
        what = chance.choice([what for what in Aggregate if modes or what not in MODES])
        days = longest > MOST_EXACT_MS and what not in (Aggregate.GAP, Aggregate.LAST) and chance.random() < 0.5
        span = chance.choice([2, 3, 7]) * DAY_MS if days else chance.integers(1, min(longest, MOST_EXACT_MS) + 1)
        keys = tuple(chance.permutation(["caller", "callee", "trunk"])[: chance.choice([1, 1, 1, 2, 3])])
        apart = tuple(chance.permutation(["caller", "callee", "trunk"])[: len(keys)])
        valued = what in (*MODES, Aggregate.LAST, Aggregate.DISTINCT, Aggregate.SUM, Aggregate.MIN, Aggregate.MAX)
        spec = WindowSpec(
            Aggregate(what),
            int(chance.choice(KINDS)),
            tuple(map(str, keys)),
            int(span),
            tuple(map(str, apart)) if chance.random() < 0.3 else (),
            str(chance.choice(["talk_ms", "cell"])) if valued else "",
            str(chance.choice(["", "", "answered", "foreign"])),
            bool(chance.random() < 0.2) and not days,
            "foreign" if what == Aggregate.MOST_FREQUENT and chance.random() < 0.3 else "",
        )
        asked.append((spec, frozenset(map(int, chance.choice(KINDS, chance.integers(1, 4))))))
    return list({spec.name: (spec, kinds) for spec, kinds in asked}.values())
