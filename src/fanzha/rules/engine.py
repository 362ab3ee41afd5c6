"""Evaluate rules over event tables, in batches of any size, with state that can be saved and restored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.rules._engine import _single_fact_kernel as kernel
from fanzha.rules._engine.awaited_windows import awaited_windows
from fanzha.rules._engine.base_columns import Lists
from fanzha.rules._engine.byte_code import ByteCode
from fanzha.rules._engine.demand import Asker, Rows, StretchNeeds, WindowDemand
from fanzha.rules._engine.evaluate import Evaluator
from fanzha.rules._engine.fact_codes import fact_code
from fanzha.rules._engine.program import ProgramLevel, present_windows, program, rule_ranks
from fanzha.rules._engine.ranks import compute_ranks
from fanzha.rules._engine.sequence import EventSequencer
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules.expression_key import expression_key
from fanzha.rules.tree import DecisionPoint, Expression, Rule, WindowExpression
from fanzha.rules.window_specs import lower
from fanzha.windows import UNKNOWN, WindowSpec
from fanzha.windows.windows import Windows

FORMAT = 1
FEW = 8  # up to this many facts are decided one by one
MANY = 64  # of more facts it is first judged where windows are needed at all
PIECE_BYTES = 1 << 26  # window values computed at once


@dataclass(frozen=True)
class Fired:
    """The k positions at which one rule fired in a stretch, in order, and an evaluator of its expressions there."""

    rule: Rule
    positions: NDArray[np.intp]
    scores: NDArray[np.float64]
    stretch: Stretch
    at: Evaluator

    @cached_property
    def moments(self) -> NDArray[np.int64]:
        """Moments of the firings in UTC ms."""
        return self.stretch.facts.moments[self.positions]

    def of_event(self, name: str, row: int) -> Any:
        """Return an envelope column or the call id of the event of one firing."""
        position = int(self.positions[row])
        table = int(self.stretch.tables[position])
        if table >= 0:
            batch = self.stretch.batches[table][1]
            return batch.column(name)[int(self.stretch.rows[position])].as_py() if name in batch.schema.names else None
        code = int(self.stretch.columns[name][position])
        return bool(code) if name == "simulated" else self.stretch.codes.text(code)

    def text(self, name: str, row: int) -> str | None:
        """Return a text field of the fact of one firing."""
        return self.stretch.codes.text(int(self.stretch.columns[name][self.positions[row]]))


class _EngineState(msgspec.Struct, array_like=True):
    format: int
    sequencer: bytes
    windows: list[bytes]


class RuleEngine:
    """A set of checked rules and their state; memory is bounded by the longest window."""

    def __init__(
        self,
        rules: Sequence[Rule],
        lists: Lists | None = None,
        *,
        extra_expressions: Sequence[tuple[str, Expression]] = (),
        seed: int = 0,
    ) -> None:
        """`lists` are the values of the lists that the rules name; `seed` is mixed into every hash.

        `extra_expressions` are additional expressions by fact that `Fired.at` can evaluate.
        """
        self.program = program(rules, extra_expressions)
        self._seed = seed
        self._warm_from: dict[Rule, int] = {}
        self._sequencer = self._build_sequencer(lists or {})
        self._deciding = [(point, self._point_rules(point)) for point in self.program.points]
        self._instants = {point: _SingleFactEvaluator(point.fact, on) for point, on in self._deciding}
        self._ranks = {
            point: nodes
            for point, on in self._deciding
            if (nodes := tuple(dict.fromkeys(node for rule in on for node in rule_ranks(rule))))
        }
        self._windows = [self._build_windows(level) for level in self.program.levels]
        self._demand = WindowDemand(self.program, self._windows, extra_expressions)
        self._piece = max(1, PIECE_BYTES // (8 * max(1, sum(len(level.asking_kinds) for level in self.program.levels))))

    def _build_sequencer(self, lists: Lists) -> EventSequencer:
        return EventSequencer(self.program, lists, seed=self._seed)

    def _build_windows(self, level: ProgramLevel, saved: bytes = b"") -> Windows:
        requested = [(spec, frozenset(kinds)) for spec, kinds in level.asking_kinds.items()]
        return Windows.restore(saved, requested, seed=self._seed) if saved else Windows(requested, seed=self._seed)

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables that the rules read."""
        return self.program.tables

    @property
    def levels(self) -> list[Windows]:
        """The windows, in the order in which they depend on each other."""
        return self._windows

    def holds_event(self, position: int) -> bool:
        """Return whether event id and parties of a fact are stored; of single facts only those of the latest are."""
        return position in self._sequencer.ids

    def event_id(self, position: int) -> str:
        """Return the event id of a fact that is stored."""
        return self._sequencer.ids.get(position)

    def parties(self, position: int) -> tuple[str | None, str | None, int | None]:
        """Return caller or sender, callee or recipient, and talk time (ms) of a fact that a window may still hold."""
        caller, callee, talk_ms = self._sequencer.ids.parties(position)
        text = self._sequencer.codes.text
        return text(caller), text(callee), None if talk_ms == UNKNOWN else talk_ms

    @property
    def bytes_held(self) -> int:
        """Memory of open calls, texts and ids in bytes, without the windows."""
        return self._sequencer.bytes_held

    def warm_from(self, rule: Rule) -> int | None:
        """Return the moment from which a rule's firings are certain; None if not yet known.

        From then on every window is complete whose missing facts could make the rule fire. The windows of a filter must
        have been complete at every fact that the outer window may hold. An age takes two spans: only a whole span of
        silence before the first fact makes that fact the first.
        """
        if rule not in self._warm_from:
            warm_times = [self._complete_from(window) for window in awaited_windows(rule)]
            if None in warm_times:
                return None
            self._warm_from[rule] = max((warm_time for warm_time in warm_times if warm_time is not None), default=0)
        return self._warm_from[rule]

    def _complete_from(self, window: WindowExpression) -> int | None:
        lowered = lower(window)
        nested = [inner for node in lowered.selected for inner in present_windows(node)]
        begins = [self.find_windows(spec).since(spec) for spec in lowered.specs]
        begins += [self._complete_from(inner) for inner in nested]
        known = [begin for begin in begins if begin is not None]
        if len(known) < len(begins):
            return None
        return max(known) + window.span * (2 if window.what == "age" else 1)

    def find_windows(self, spec: WindowSpec) -> Windows:
        """Return the windows that compute a specification."""
        return next(windows for windows, level in self._levels() if spec in level.asking_kinds)

    def _levels(self) -> Iterator[tuple[Windows, ProgramLevel]]:
        return zip(self._windows, self.program.levels, strict=True)

    def take(self, table: str, batch: pa.RecordBatch) -> None:
        """Add events of one table, sorted by (occurred_at, event_id), without repeats."""
        self._sequencer.add_batch(table, batch)

    def take_late(self, table: str, batch: pa.RecordBatch) -> None:
        """Add events of one table in order that are too late to be facts; registrations are known from now on."""
        self._sequencer.take_late(table, batch)

    def settle(self, until: int) -> Iterator[Fired]:
        """Yield the rules that fire before a moment; later calls may not add events before it."""
        return self.judge(self._sequencer.settle(until))

    def finish(self) -> Iterator[Fired]:
        """Yield the rules that fire in all remaining events."""
        return self.judge(self._sequencer.finish())

    def remaining(self) -> Iterator[tuple[int | None, Iterator[Fired]]]:
        """Yield the rules that fire in all remaining events, one stretch after the other.

        Each stretch comes with the moment before which its facts lie, None for the last.
        """
        yield None, self.finish()

    def judge(self, stretch: Stretch) -> Iterator[Fired]:
        """Yield the rules that fire in the next stretch; it is evaluated in pieces that fit the CPU cache."""
        return self._judge(stretch, self._needs(stretch) if len(stretch.facts) > MANY else None)

    def _needs(self, stretch: Stretch) -> StretchNeeds:
        """Return where the windows of a stretch are needed."""
        rows = self._demand.rows(stretch)
        roles = [self._demand.roles(level, len(stretch.facts), rows) for level in range(len(self._windows))]
        return StretchNeeds(rows, roles)

    def _judge(self, stretch: Stretch, needs: StretchNeeds | None) -> Iterator[Fired]:
        for begin, end in self._pieces(stretch):
            piece = stretch.part(begin, end)
            part = None if needs is None else needs.part(begin, begin + len(piece.facts))
            window_values: dict[str, NDArray[np.int64]] = {}
            for number, (level, windows) in enumerate(zip(self.program.levels, self._windows, strict=True)):
                self._compute(level, piece, window_values, None if part is None else part.rows)
                roles = None if part is None else part.roles[number]
                window_values.update(windows.feed(piece.with_columns(), sweeps=begin == 0, roles=roles))
            self._rank(piece, window_values)
            for point, rules in self._deciding:
                for rule, rows, at in self._fires(point, rules, piece, window_values, part):
                    yield Fired(rule, rows + begin, at.numbers(rule.score), stretch, at)

    def _pieces(self, stretch: Stretch) -> Iterator[tuple[int, int]]:
        """Yield begin and end of the pieces of a stretch. With ranks, facts of the same moment are in one piece."""
        begin, moments = 0, stretch.facts.moments
        while begin < len(moments):
            end = min(begin + self._piece, len(moments))
            if self._ranks:
                end = int(np.searchsorted(moments, moments[end - 1], side="right"))
            yield begin, end
            begin = end

    def _rank(self, piece: Stretch, window_values: Mapping[str, NDArray[np.int64]]) -> None:
        """Write the ranks of a piece."""
        for point, nodes in self._ranks.items():
            rows = piece.fact_positions(self.program.point_code(point))
            if not rows.size:  # a piece without these facts may lack their columns
                continue
            at = Evaluator(point.fact, piece.columns, window_values, rows)
            for node in nodes:
                piece.column(expression_key(node))[rows] = compute_ranks(node, at, piece.facts.moments[rows])

    def _compute(
        self,
        level: ProgramLevel,
        stretch: Stretch,
        window_values: Mapping[str, NDArray[np.int64]],
        needed: Mapping[Asker, Rows] | None,
    ) -> None:
        """Write the computed columns that a level of windows reads; those that read windows only where needed."""
        for table, nodes in level.selected.items():
            every, of_column = stretch.fact_positions(fact_code(table)), self._demand.of_column
            for name, node in nodes.items():
                if needed is not None and (asker := of_column.get((table, name))) is not None:
                    self._write({name: node}, table, needed[asker], stretch, window_values)
            rest = {name: node for name, node in nodes.items() if needed is None or (table, name) not in of_column}
            self._write(rest, table, every, stretch, window_values)
        for point, nodes in level.present.items():
            rows = stretch.fact_positions(self.program.point_code(point))
            self._write(nodes, point.fact, rows, stretch, window_values)
        for name in level.columns:
            stretch.column(name)

    def _write(
        self,
        nodes: Mapping[str, Expression],
        fact: str,
        rows: NDArray[np.intp],
        stretch: Stretch,
        window_values: Mapping[str, NDArray[np.int64]],
    ) -> None:
        if rows.size and nodes:
            evaluator = Evaluator(fact, stretch.columns, window_values, rows)
            for name, node in nodes.items():
                stretch.column(name)[rows] = evaluator.whole(node)

    def _fires(
        self,
        point: DecisionPoint,
        rules: list[Rule],
        piece: Stretch,
        window_values: Mapping[str, NDArray[np.int64]],
        needs: StretchNeeds | None,
    ) -> Iterator[tuple[Rule, NDArray[np.intp], Evaluator]]:
        """Yield each rule that fires in a piece, with the positions and an evaluator for them."""
        if needs is not None:
            yield from self._fires_where_needed(rules, piece, window_values, needs.rows)
            return
        rows = piece.fact_positions(self.program.point_code(point))
        if not rows.size:
            return
        if rows.size <= FEW:
            fires = np.array([self._instants[point].fires(window_values, piece.columns, int(row)) for row in rows]).T
        else:
            evaluator = Evaluator(point.fact, piece.columns, window_values, rows)
            fires = np.array([evaluator.fires(rule) for rule in rules])
        for rule, mask in zip(rules, fires, strict=True):
            if mask.any():
                yield rule, rows[mask], Evaluator(point.fact, piece.columns, window_values, rows[mask])

    def _fires_where_needed(
        self,
        rules: list[Rule],
        piece: Stretch,
        window_values: Mapping[str, NDArray[np.int64]],
        needed: Mapping[Asker, Rows],
    ) -> Iterator[tuple[Rule, NDArray[np.intp], Evaluator]]:
        """Yield each rule that fires in a piece; rules that may fire at the same facts share their values there."""
        evaluators: dict[bytes, Evaluator] = {}
        for rule in rules:
            rows = needed[self._demand.of_rule[rule]]
            if rows.size:
                evaluator = evaluators.setdefault(
                    rows.tobytes(), Evaluator(rule.on.fact, piece.columns, window_values, rows)
                )
                mask = evaluator.fires(rule)
                if mask.any():
                    yield rule, rows[mask], Evaluator(rule.on.fact, piece.columns, window_values, rows[mask])

    def _point_rules(self, point: DecisionPoint) -> list[Rule]:
        return [rule for rule in self.program.rules if rule.on.moment == point]

    def save(self) -> bytes:
        """Return all state as bytes."""
        levels = [windows.save() for windows in self._windows]
        return msgspec.msgpack.encode(_EngineState(FORMAT, self._sequencer.save(), levels))

    def restore(self, data: bytes) -> None:
        """Restore a saved state of these rules or others. Common data is kept; new windows have to warm up.

        Raise ValueError for a state of another format.
        """
        saved = msgspec.msgpack.decode(data, type=_EngineState)
        if saved.format != FORMAT:
            raise ValueError(f"the state is of format {saved.format}, not {FORMAT}: begin anew")
        self._sequencer.restore(saved.sequencer)
        for number, part in enumerate(saved.windows[: len(self._windows)]):
            self._windows[number] = self._build_windows(self.program.levels[number], part)


class _SingleFactEvaluator:
    """Rules of one decision point as byte code, to evaluate at a single fact.

    Columns of one row would cost more than the evaluation.
    """

    def __init__(self, fact: str, rules: Sequence[Rule]) -> None:
        code, starts = ByteCode(fact), [0]
        for rule in rules:
            code.emit_expression(rule.when)
            code.emit_expression(rule.unless) if rule.unless is not None else code.constant(0.0)
            starts.append(len(code.operations))
        self._rules, self._windows, self._columns = len(rules), code.windows, code.fields
        self._operations = np.array(code.operations, np.int64).reshape(-1, 2)
        self._constants = np.array(list(code.constants), np.float64)
        self._starts = np.array(starts, np.int64)
        self._values = np.zeros(len(code.windows), np.int64)
        self._fields = np.zeros(len(code.fields), np.int64)

    def fires(
        self, values: Mapping[str, NDArray[np.int64]], columns: Mapping[str, NDArray[np.int64]], row: int
    ) -> NDArray[np.bool_]:
        """Return for each rule whether it fires at one position of a stretch."""
        for name, at in self._windows.items():
            self._values[at] = values[name][row]
        for name, at in self._columns.items():
            self._fields[at] = columns[name][row]
        fired = np.empty(self._rules, np.bool_)
        kernel.fires(self._operations, self._constants, self._starts, self._values, self._fields, fired)
        return fired
