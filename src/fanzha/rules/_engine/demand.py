"""Which windows are needed at which facts: those of rules and filters whose other conditions may hold there."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.evaluate import Evaluator, is_truth
from fanzha.rules._engine.fact_codes import fact_code
from fanzha.rules._engine.possible import WindowBounds, is_plain, may_be_true
from fanzha.rules._engine.program import Program, ProgramLevel, evaluated_expressions, present_windows, rule_ranks
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules.tree import DecisionPoint, Expression, Rule
from fanzha.rules.window_specs import lower
from fanzha.windows import WindowSpec
from fanzha.windows.windows import Windows, role_word

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Asker:
    """A rule or a computed column that reads windows at the facts of a point where `condition` may be true.

    Without a condition it reads them at all facts of the point.
    """

    point: DecisionPoint
    condition: Expression | None
    specs: tuple[WindowSpec, ...]


@dataclass(frozen=True)
class StretchNeeds:
    """Where the windows of a stretch are needed: rows of each asker, and words of roles [words, n] of each level."""

    rows: Mapping[Asker, Rows]
    roles: Sequence[NDArray[np.int64]]

    def part(self, begin: int, end: int) -> "StretchNeeds":
        """Return the needs of a piece of the stretch."""
        rows = {}
        for asker, positions in self.rows.items():
            first, last = np.searchsorted(positions, (begin, end))
            rows[asker] = positions[first:last] - begin
        return StretchNeeds(rows, [np.ascontiguousarray(words[:, begin:end]) for words in self.roles])


class WindowDemand:
    """The askers of a program, and the families of each level that they ask."""

    def __init__(
        self, program: Program, levels: Sequence[Windows], extra_expressions: Sequence[tuple[str, Expression]] = ()
    ) -> None:
        self.point_code = program.point_code
        self.of_rule = {rule: _rule_asker(rule, extra_expressions) for rule in program.rules}
        self.of_column: dict[tuple[str, str], Asker] = {}  # table and name of a computed column of selected facts
        askers = list(self.of_rule.values())
        columns = list[Asker]()
        for level in program.levels:
            for table, nodes in level.selected.items():
                for name, node in nodes.items():
                    if not is_plain(node):
                        condition = node if is_truth(node, table) and _only_filters(level, name) else None
                        columns.append(Asker(DecisionPoint(table), condition, tuple(_specs(node))))
                        self.of_column[table, name] = columns[-1]
            for point, nodes in level.present.items():
                askers += [Asker(point, None, specs) for node in nodes.values() if (specs := tuple(_specs(node)))]
        self._only_columns = {*columns} - {*askers}
        askers = list(dict.fromkeys([*askers, *columns]))
        self.askers = tuple(askers)
        self._specs = [
            {
                asker: windows.family_numbers(spec for spec in asker.specs if spec in level.asking_kinds)
                for asker in askers
            }
            for level, windows in zip(program.levels, levels, strict=True)
        ]
        self._words = [windows.role_words for windows in levels]
        self._families = [windows.family_count for windows in levels]

    def families_by_spec(self, level: int, asker: Asker) -> list[tuple[WindowSpec, int]]:
        """Return the windows of a level that an asker reads, each with the number of its family."""
        return self._specs[level][asker]

    def readers_of_columns(self, program: Program, levels: Sequence[Windows]) -> dict[Asker, set[tuple[int, int]]]:
        """Return the families, by level and number, that read the columns of each asker that is for columns alone."""
        readers: dict[Asker, set[tuple[int, int]]] = {}
        for number, (level, windows) in enumerate(zip(program.levels, levels, strict=True)):
            tables = {fact_code(table): table for table in level.selected}
            for spec, family in windows.family_numbers(level.asking_kinds):
                for name in filter(None, (spec.gate, spec.value, spec.result, *spec.keys)):
                    asker = self.of_column.get((tables.get(spec.source, ""), name))
                    if asker in self._only_columns:
                        readers.setdefault(asker, set()).add((number, family))
        return readers

    def rows(
        self, stretch: Stretch, bounds: WindowBounds | None = None, askers: Collection[Asker] | None = None
    ) -> dict[Asker, Rows]:
        """Return the positions at which askers, all or these, need their windows."""
        evaluators: dict[DecisionPoint, Evaluator] = {}
        found: dict[Asker, Rows] = {}
        for asker in self.askers if askers is None else askers:
            point = asker.point
            if point not in evaluators:
                rows = stretch.fact_positions(self.point_code(point))
                evaluators[point] = Evaluator(point.fact, stretch.columns, {}, rows)
            at = evaluators[point]
            if asker.condition is None or not at.rows.size:
                found[asker] = at.rows
            else:
                found[asker] = at.rows[may_be_true(asker.condition, at, bounds)]
        return found

    def roles(
        self, level: int, count: int, rows: Mapping[Asker, Rows], selected: Mapping[int, Rows] | None = None
    ) -> NDArray[np.int64]:
        """Return the words of roles [words, count] of a level's families, for a stretch of `count` facts.

        A family may select every fact, or those of `selected` where that names it by its number; its windows are
        evaluated at the rows of its askers.
        """
        roles = np.zeros((self._words[level], count), np.int64)
        for number in range(self._families[level]):
            word, bits = role_word(number, selects=True, asks=False)
            if selected is None or number not in selected:
                roles[word] |= bits
            else:
                roles[word, selected[number]] |= bits
        for asker, positions in rows.items():
            words = np.zeros(self._words[level], np.int64)
            for _, number in self._specs[level][asker]:
                word, bits = role_word(number, selects=False, asks=True)
                words[word] |= bits
            for index in np.flatnonzero(words).tolist():
                roles[index, positions] |= words[index]
        return roles


def _rule_asker(rule: Rule, extra_expressions: Sequence[tuple[str, Expression]]) -> Asker:
    nodes = [*evaluated_expressions(rule), *(node for fact, node in extra_expressions if fact == rule.on.fact)]
    specs = dict.fromkeys(spec for node in nodes for spec in _specs(node))
    # a rank compares a key with all others of the tick, so no condition may leave any out
    return Asker(rule.on.moment, None if any(rule_ranks(rule)) else rule.when, tuple(specs))


def _specs(node: Expression) -> Iterator[WindowSpec]:
    """Yield the kernel windows that an expression reads at the present fact."""
    for window in present_windows(node):
        yield from lower(window).specs


def _only_filters(level: ProgramLevel, name: str) -> bool:
    """Return whether the windows of a level use a column only as a filter, for which unknown is as good as false."""
    return all(name not in (*spec.keys, *spec.asking, spec.value, spec.result) for spec in level.asking_kinds)
