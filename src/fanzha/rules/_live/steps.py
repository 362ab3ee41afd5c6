"""Compiled steps for a fact of one kind: compute columns, update windows, decide rules."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fanzha.base.kernels import entry_point
from fanzha.rules._engine.byte_code import ByteCode
from fanzha.rules._engine.program import Program, ProgramLevel
from fanzha.rules._live import kernel
from fanzha.rules.tree import DecisionPoint, Expression, Rule
from fanzha.windows import UNKNOWN
from fanzha.windows.live import LiveWindows

Whole = NDArray[np.int64]


class ValueLayout:
    """Layout of one fact: offsets of its columns by name, and the window values level by level."""

    def __init__(self, levels: Sequence[LiveWindows], fields: dict[str, int]) -> None:
        self.fields = fields
        self.windows: dict[str, int] = {}
        self.values = np.full(sum(len(windows.names) for windows in levels), UNKNOWN, np.int64)
        self.level_values: list[Whole] = []  # the slice of `values` that each level writes
        end = 0
        for windows in levels:
            begin, end = end, end + len(windows.names)
            self.windows.update(zip(windows.names, range(begin, end), strict=True))
            self.level_values.append(self.values[begin:end])

    def assign_offsets(self, names: Iterable[str]) -> Whole:
        """Return the offsets of columns; a new column gets the next offset."""
        return np.array([self.fields.setdefault(name, len(self.fields)) for name in names], np.int64)


class CompiledExpressions:
    """Concatenated byte code of several expressions on one fact."""

    def __init__(self, fact: str, nodes: Iterable[Expression | float], layout: ValueLayout) -> None:
        code, starts = ByteCode(fact, layout.windows, layout.fields), [0]
        for node in nodes:
            code.emit_expression(node) if isinstance(node, Expression) else code.constant(node)
            starts.append(len(code.operations))
        self.operations = np.array(code.operations, np.int64).reshape(-1, 2)
        self.constants = np.array(list(code.constants), np.float64)
        self.starts = np.array(starts, np.int64)


class WindowFeed:
    """One level of windows for one kind of fact: computes columns, then updates the windows."""

    def __init__(
        self,
        windows: LiveWindows,
        window_values: Whole,
        point: DecisionPoint,
        kind: int,
        computed_columns: Mapping[str, Expression],
        layout: ValueLayout,
    ) -> None:
        self._windows, self._window_values, self._values = windows, window_values, layout.values
        self._code = CompiledExpressions(point.fact, computed_columns.values(), layout)
        self._targets, self._columns = layout.assign_offsets(computed_columns), layout.assign_offsets(windows.columns)
        self._fact = np.zeros(2 + len(windows.columns), np.int64)
        self._fact[0] = kind
        self._gather = entry_point(kernel.gather)

    def run(self, moment: int, position: int, row: Whole) -> None:
        """Feed the fact whose columns are in `row`."""
        code, fact = self._code, self._fact
        fact[1] = moment
        self._gather(
            code.operations, code.constants, code.starts, self._targets, self._values, row, self._columns, fact
        )
        self._windows.take(fact, position, self._window_values)


class WindowRead:
    """A level of windows that a kind of fact neither updates nor reads: only time advances."""

    def __init__(self, windows: LiveWindows) -> None:
        self._windows = windows

    def run(self, moment: int, position: int, row: Whole) -> None:
        """Advance the time of the windows."""
        self._windows.see(moment)


class DecisionStep:
    """All steps for a fact of one table or for an expired wait."""

    def __init__(
        self, point: DecisionPoint, program: Program, levels: Sequence[LiveWindows], layout: ValueLayout
    ) -> None:
        self.point = point
        kind = program.point_code(point)
        self._levels = [
            WindowFeed(windows, window_values, point, kind, _computed_columns(level, point), layout)
            if _reads(level, kind)
            else WindowRead(windows)
            for level, windows, window_values in zip(program.levels, levels, layout.level_values, strict=True)
        ]
        self._rules = [rule for rule in program.rules if rule.on.moment == point]
        parts = [part for rule in self._rules for part in (rule.when, rule.unless or 0.0, rule.score)]
        self._code, self._values = CompiledExpressions(point.fact, parts, layout), layout.values
        self._decide = entry_point(kernel.decide)
        self._fired, self._scores = np.zeros(len(self._rules), np.int64), np.zeros(len(self._rules))

    def run(self, moment: int, position: int, row: Whole) -> list[tuple[Rule, float]]:
        """Feed the windows with the fact in `row`; return the rules that fire at it, with their scores."""
        for level in self._levels:
            level.run(moment, position, row)
        if not self._rules:
            return []
        code = self._code
        count = self._decide(code.operations, code.constants, code.starts, self._values, row, self._fired, self._scores)
        return [(self._rules[self._fired[nth]], float(self._scores[nth])) for nth in range(count)]


def _reads(level: ProgramLevel, kind: int) -> bool:
    """Return whether windows of a level select a kind of fact or are read by it."""
    return any(spec.source == kind or kind in asking for spec, asking in level.asking_kinds.items())


def _computed_columns(level: ProgramLevel, point: DecisionPoint) -> dict[str, Expression]:
    """Return the computed columns that a level needs of a fact; windows select no waits."""
    selected = {} if point.wait else level.selected.get(point.fact, {})
    return {**selected, **level.present.get(point, {})}
