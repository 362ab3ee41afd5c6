"""Propose a column map: which table a file tells, and which of its columns is which of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanzha.base.words import Words
from fanzha.events import CALL_FACTS, all_events
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._map.targets import CALLS, targets
from fanzha.read._propose.fill import filled
from fanzha.read._propose.headers import OWN, contradicts, folded, likeness, names_of
from fanzha.read._propose.ingress import with_ingress
from fanzha.read._propose.nameless import by_values
from fanzha.read._propose.values import fitness

Sample = Mapping[str, ArrowColumn]

#: What a table cannot do without: one of each group. Other tables need their required columns and two more.
_NEEDS: dict[str, tuple[tuple[str, ...], ...]] = {
    CALLS: (("caller", "callee"), ("occurred_at", "talk_ms", "call_id", "trunk", "ended_at", "answered_at")),
    "message": (("text",),),
    "site_seen": (("host", "url"),),
}
#: Whose number it is that a file calls the subscriber's own, when no other column names that side.
_OWN_IS = {CALLS: ("caller", "callee"), "message": ("recipient", "text")}  # when there is the second, the first
_OWN_LIKENESS = 0.6
_LEAST = 0.35  # likeness x fitness below which a header means nothing


NO_SIDE = {
    side: Words(
        f"没有找到{zh}一列，与{zh}有关的检测不会报告；请在 [columns] 中写明 {side}",
        f"no column is known as the {side}: detectors that need it stay silent; name it under [columns]",
    )
    for side, zh in (("sender", "发送方"), ("recipient", "接收方"))
}


@dataclass(frozen=True)
class Proposal:
    """The map that would be used, and how it came about."""

    map: ColumnMap | None
    sure: dict[str, float] = field(default_factory=dict)  # our column -> 0-1
    unused: tuple[str, ...] = ()  # columns of the file that nothing was made of
    notes: tuple[Words, ...] = ()


def propose(
    names: tuple[str, ...], sample: Sample, table: str = "", layout: Layout | None = None, about: str = ""
) -> Proposal:
    """Return the best map for columns of these names and first cells.

    `table` restricts it to one table; `about` is what the file says of itself above the header and by its name.
    """
    layout = layout or Layout()
    candidates = [table] if table else [CALLS, *(name for name in all_events() if name not in CALL_FACTS)]
    best: tuple[float, str, dict[str, tuple[str, float]]] = (0.0, "", {})
    for one in candidates:
        matched = match(one, names, sample)
        if serves(one, matched, asked=bool(table)) and (weight := _weight(one, matched)) > best[0]:
            best = (weight, one, matched)
    _, found, matched = best
    if not found:
        matched, found = by_values(names, sample, table)
    if not found:
        return Proposal(None, unused=names)
    map_, notes = filled(found, {ours: theirs for ours, (theirs, _) in matched.items()}, names, sample, layout)
    map_, said = with_ingress(map_, about)
    said += tuple(NO_SIDE[side] for side in NO_SIDE if map_.table == "message" and side not in map_.columns)
    used = {name for ours in map_.columns if (take := map_.take(ours)) for name in take.names}
    used |= {map_.direction.from_} if map_.direction else set()
    unused = tuple(name for name in names if name not in used)
    return Proposal(
        map_, {ours: sure for ours, (_, sure) in matched.items() if ours in map_.columns}, unused, (*notes, *said)
    )


def match(table: str, names: tuple[str, ...], sample: Sample) -> dict[str, tuple[str, float]]:
    """Return our column -> (their column, how sure), each used once, the surest first."""
    columns, known = targets(table), names_of(table)
    scored = []
    for place, (ours, column) in enumerate(columns.items()):
        for theirs in names:
            like = likeness(theirs, known[ours])
            if like < 1 and contradicts(theirs, column, table):
                continue
            if like > 0 and (sure := like * _trust(fitness(column, sample[theirs], theirs))) >= _LEAST:
                scored.append((-sure, -like, place, names.index(theirs), ours, theirs))
    matched: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for negative, _, _, _, ours, theirs in sorted(scored):
        if ours not in matched and theirs not in taken:
            matched[ours] = (theirs, round(-negative, 3))
            taken.add(theirs)
    return _own(table, names, sample, matched) | matched


def _own(
    table: str, names: tuple[str, ...], sample: Sample, matched: Mapping[str, tuple[str, float]]
) -> dict[str, tuple[str, float]]:
    """Return the side of a call or text that a column such as 手机号码 or 计费号码 is."""
    side, beside = _OWN_IS.get(table, ("", ""))
    headers, taken = {folded(name) for name in OWN}, {theirs for theirs, _ in matched.values()}
    own = next((name for name in names if name not in taken and folded(name) in headers), None)
    if own is None or beside not in matched:
        return {}
    fit = fitness(targets(table)[side], sample[own], own)
    return {side: (own, round(_OWN_LIKENESS * _trust(fit), 3))} if fit > _OWN_LIKENESS else {}


def _trust(fit: float) -> float:
    """A header alone proves little when its cells are something else."""
    return 0.0 if fit < 0.2 else 0.4 + 0.6 * fit


def serves(table: str, matched: Mapping[str, object], *, asked: bool = False) -> bool:
    """Return whether enough was found to make facts of this table; `asked`: a person says that it is one."""
    if table in _NEEDS:
        return all(any(one in matched for one in group) for group in _NEEDS[table])
    own = {column.name: column for column in all_events()[table].own}
    required = {name for name, column in own.items() if column.required and name != "call_id"}
    least = 1 if asked else min(3, len(own))
    return required <= set(matched) and len(set(own) & set(matched)) >= least


def _weight(table: str, matched: dict[str, tuple[str, float]]) -> float:
    columns = targets(table)
    needed = {name for group in _NEEDS.get(table, ()) for name in group}
    return sum(
        sure * (4.0 if columns[ours].content else 2.0 if columns[ours].required or ours in needed else 1.0)
        for ours, (_, sure) in matched.items()
    )
