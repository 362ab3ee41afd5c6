"""Timers that begin at facts (`on message not followed by …`): the columns of each fact until its wait is over."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fanzha.rules._engine.clock import RuleClock
from fanzha.rules._engine.evaluate import Evaluator
from fanzha.rules._engine.fact_codes import fact_code
from fanzha.rules._engine.program import ENVELOPE, Program, timer_conditions
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules.tree import DecisionPoint
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import TextCodes

Whole = NDArray[np.int64]

_NEVER = int(np.iinfo(np.int64).max)

#: A saved queue: table, wait (ms), names of the columns; due moments and columns in order, int64.
SavedTimers = tuple[str, int, list[str], bytes, bytes]


@dataclass
class TimerQueue:
    """The pending timers of one decision point; all last equally long, so they end in the order in which they began.

    A timer keeps the base columns of its fact and, as text codes and 0 or 1, the columns that a finding reports.
    """

    point: DecisionPoint
    names: tuple[str, ...]
    due: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: Whole = field(default_factory=lambda: np.zeros((0, 0), np.int64))  # (timers, names)

    def append(self, due: Whole, columns: Whole) -> None:
        """Add timers that end no earlier than those pending."""
        self.columns = np.concatenate((self.columns.reshape(-1, len(self.names)), columns))
        self.due = np.concatenate((self.due, due))

    def release(self, until: int) -> tuple[Whole, Whole]:
        """Remove and return the timers that end before a moment: due moments, and the columns of their facts."""
        count = int(np.searchsorted(self.due, until))
        over = self.due[:count], self.columns[:count]
        self.due, self.columns = self.due[count:], self.columns[count:]
        return over

    def clear(self) -> None:
        """Forget all pending timers."""
        self.due, self.columns = np.zeros(0, np.int64), np.zeros((0, len(self.names)), np.int64)

    def save(self) -> SavedTimers:
        """Return the pending timers as bytes."""
        return self.point.fact, self.point.wait, list(self.names), self.due.tobytes(), self.columns.tobytes()

    def restore(self, saved: Sequence[SavedTimers]) -> None:
        """Replace the pending timers by the saved ones of the same point; columns that were not saved are unknown."""
        self.clear()
        for table, wait, names, due, columns in saved:
            if (table, wait) == (self.point.fact, self.point.wait):
                self.due = np.frombuffer(due, np.int64)
                old = np.frombuffer(columns, np.int64).reshape(len(self.due), len(names))
                self.columns = np.full((len(self.due), len(self.names)), UNKNOWN, np.int64)
                for nth, name in enumerate(self.names):
                    if name in names:
                        self.columns[:, nth] = old[:, names.index(name)]


class FactTimers:
    """The timers and clocks of a program.

    A timer begins only at a fact for which what a rule asks without windows is true; elsewhere the rule cannot fire.
    """

    def __init__(self, program: Program) -> None:
        self._point_code = program.point_code
        self.queues = [TimerQueue(point, timer_columns(program, point.fact)) for point in program.timers]
        self._conditions = [timer_conditions(program, point) for point in program.timers]
        self.clocks = [
            RuleClock(point, timer_columns(program, point.fact), timer_conditions(program, point))
            for point in program.clocks
        ]

    @property
    def bytes_held(self) -> int:
        """Memory of the pending timers in bytes."""
        queues = sum(queue.due.nbytes + queue.columns.nbytes for queue in self.queues)
        return queues + sum(clock.bytes_held for clock in self.clocks)

    @property
    def oldest(self) -> int:
        """The moment of the oldest fact whose columns a clock keeps; later than any moment if there is none."""
        return min((int(clock.moments[0]) for clock in self.clocks if len(clock.moments)), default=_NEVER)

    def run(self, stretch: Stretch, until: int) -> None:
        """Begin the timers of a stretch whose columns are read, and insert those that end before a moment into it."""
        for queue, conditions in zip(self.queues, self._conditions, strict=True):
            rows = stretch.fact_positions(fact_code(queue.point.fact))
            if conditions and rows.size:
                at = Evaluator(queue.point.fact, stretch.columns, {}, rows)
                rows = rows[np.any([at.true(condition) for condition in conditions], axis=0)]
            if rows.size:
                queue.append(stretch.facts.moments[rows] + queue.point.wait, _columns(stretch, queue.names, rows))
        for clock in self.clocks:
            rows = stretch.fact_positions(fact_code(clock.point.fact))
            if rows.size:
                clock.append(stretch.facts.moments[rows], _columns(stretch, clock.names, rows))
        waiting: list[TimerQueue | RuleClock] = [*self.queues, *self.clocks]
        over = [queue.release(until) for queue in waiting]
        kinds = [self._point_code(queue.point) for queue in waiting]
        positions = stretch.insert_moments(kinds, [due for due, _ in over])
        for inserted, (_, columns), mine in zip(waiting, over, positions, strict=True):
            for nth, name in enumerate(inserted.names if mine.size else ()):
                stretch.column(name)[mine] = columns[:, nth]


def timer_columns(program: Program, fact: str) -> tuple[str, ...]:
    """Return the names of the columns that a timer keeps of its fact."""
    return tuple(dict.fromkeys((*program.bases[fact], *program.chosen.get(fact, {}), *ENVELOPE)))


def _columns(stretch: Stretch, names: Sequence[str], rows: NDArray[np.intp]) -> Whole:
    table, batch = stretch.batches[int(stretch.tables[rows[0]])]
    events = batch.take(stretch.rows[rows])
    envelope = {
        name: _envelope_column(events, name, stretch.codes, int(stretch.facts.moments[rows[-1]]))
        for name in ENVELOPE
        if name in batch.schema.names
    }
    nothing = np.full(len(rows), UNKNOWN, np.int64)
    columns = [
        envelope.get(name, stretch.columns[name][rows] if name in stretch.columns else nothing) for name in names
    ]
    return np.column_stack(columns)


def _envelope_column(events: pa.RecordBatch, name: str, codes: TextCodes, now: int) -> Whole:
    column = events.column(name)
    if pa.types.is_boolean(column.type):
        return np.asarray(column.fill_null(False)).astype(np.int64)
    return codes.encode(column, now)
