"""Propose a column map: which table a file tells, and which of its columns is which of ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fanzha.base.words import Words
from fanzha.events import all_events
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._map.targets import CALL_FACTS, CALLS, targets
from fanzha.read._propose.fill import filled
from fanzha.read._propose.headers import likeness, names_of
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
_LEAST = 0.35  # likeness x fitness below which a header means nothing


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
            if like > 0 and (sure := like * _trust(fitness(column, sample[theirs], theirs))) >= _LEAST:
                scored.append((-sure, -like, place, names.index(theirs), ours, theirs))
    matched: dict[str, tuple[str, float]] = {}
    taken: set[str] = set()
    for negative, _, _, _, ours, theirs in sorted(scored):
        if ours not in matched and theirs not in taken:
            matched[ours] = (theirs, round(-negative, 3))
            taken.add(theirs)
    return matched


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
