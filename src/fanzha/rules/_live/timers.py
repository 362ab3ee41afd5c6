"""Timers that begin at single facts, with the saved form of fanzha.rules._engine.fact_timers."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine import _single_fact_kernel as kernel
from fanzha.rules._engine.byte_code import ByteCode
from fanzha.rules._engine.fact_timers import TimerQueue
from fanzha.rules._engine.program import Program, timer_conditions
from fanzha.rules._live.calls import NEVER
from fanzha.rules._live.received_fact import ReceivedFact
from fanzha.rules._live.state_format import coded
from fanzha.windows import UNKNOWN
from fanzha.windows.codes import TextCodes

Whole = NDArray[np.int64]

TIMER_BYTES = 450  # bytes of a pending timer with an id of 36 characters and 20 columns

_NO_WINDOWS = np.zeros(0, np.int64)


class Pending(NamedTuple):
    """A pending timer: due moment, the columns of its fact, and what a finding reports of it."""

    due: int
    columns: tuple[int, ...]
    event_id: str
    simulated: bool
    basis: str | None
    call_id: str | None


class LiveTimer:
    """The pending timers of one decision point, in the order in which they end."""

    def __init__(self, program: Program, queue: TimerQueue, fields: dict[str, int]) -> None:
        self.point = queue.point
        self.names = queue.names
        self._offsets = [fields.get(name, -1) for name in queue.names]  # -1: only what a finding reports
        code, starts = ByteCode(queue.point.fact, {}, fields), [0]
        for condition in timer_conditions(program, queue.point):
            code.emit_expression(condition)
            code.constant(0.0)  # `except`
            starts.append(len(code.operations))
        self._operations = np.array(code.operations, np.int64).reshape(-1, 2)
        self._constants = np.array(list(code.constants), np.float64)
        self._starts, self._fired = np.array(starts, np.int64), np.zeros(len(starts) - 1, np.bool_)
        self._pending: deque[Pending] = deque()

    def begin(self, fact: ReceivedFact, values: Sequence[int], row: Whole, most: int) -> int:
        """Begin a timer at a fact whose columns are in `values` and `row` if a rule may fire at its end.

        Return how many of the oldest timers were dropped because more than `most` would be pending.
        """
        if len(self._fired):
            kernel.fires(self._operations, self._constants, self._starts, _NO_WINDOWS, row, self._fired)
            if not self._fired.any():
                return 0
        columns = tuple([values[offset] if offset >= 0 else UNKNOWN for offset in self._offsets])
        self._pending.append(Pending(fact.moment + self.point.wait, columns, *fact[2:]))
        if len(self._pending) <= most:
            return 0
        self._pending.popleft()
        return 1

    def pop(self, values: list[int]) -> Pending:
        """Remove and return the timer that ends first, and write its columns to `values`."""
        pending = self._pending.popleft()
        for offset, value in zip(self._offsets, pending.columns, strict=True):
            if offset >= 0:
                values[offset] = value
        return pending

    def write(self, queue: TimerQueue, codes: TextCodes, now: int) -> None:
        """Write the pending timers into a queue of columns."""
        count, names = len(self._pending), self.names
        queue.due = np.array([pending.due for pending in self._pending], np.int64)
        queue.columns = np.array([p.columns for p in self._pending], np.int64).reshape(count, len(names))
        queue.columns[:, names.index("simulated")] = [pending.simulated for pending in self._pending]
        for name in ("event_id", "basis", "call_id"):
            texts = [getattr(pending, name) for pending in self._pending]
            queue.columns[:, names.index(name)] = coded(texts, codes, now)

    def read(self, queue: TimerQueue, codes: TextCodes) -> None:
        """Take all pending timers out of a queue of columns."""
        reported = [self.names.index(name) for name in ("event_id", "simulated", "basis", "call_id")]
        self._pending.clear()
        for due, columns in zip(queue.due.tolist(), queue.columns.tolist(), strict=True):
            event_id, simulated, basis, call_id = [columns[at] for at in reported]
            own = codes.text(event_id) or "", simulated == 1, codes.text(basis), codes.text(call_id)
            self._pending.append(Pending(due, tuple(columns), *own))
        queue.clear()

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def next_due(self) -> int:
        """The moment at which the first timer ends."""
        return self._pending[0].due if self._pending else NEVER
