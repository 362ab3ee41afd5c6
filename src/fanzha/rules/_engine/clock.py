"""Rules that decide by the clock (`on call_ended every 1h by caller`): the latest fact of each key until the next tick.

Ticks are whole multiples of the span in China time. At each, every key that has a fact within the longest window of the
rule gets one moment, with the columns of its latest fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.evaluate import Evaluator
from fanzha.rules.tree import DecisionPoint, Expression
from fanzha.windows import CHINA_MS, DAY_MS, UNKNOWN

Whole = NDArray[np.int64]

#: A saved clock: table, span, keys, longest window, names of the columns, next tick; moments and columns (int64).
SavedClock = tuple[str, int, list[str], int, list[str], int, bytes, bytes]

_MANY = 10_000  # facts beyond twice the keys after which all but the latest fact of each key are dropped


@dataclass
class RuleClock:
    """The facts of one decision point that may be the latest of their key at a tick, in the order of the sequence."""

    point: DecisionPoint
    names: tuple[str, ...]  # of the columns kept of a fact
    conditions: Sequence[Expression]  # what rules ask without windows: only where one is true may a rule fire
    next_tick: int = 0
    moments: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    columns: Whole = field(default_factory=lambda: np.zeros((0, 0), np.int64))  # (facts, names)
    _most: int = _MANY

    @property
    def bytes_held(self) -> int:
        """Memory of the facts in bytes."""
        return self.moments.nbytes + self.columns.nbytes

    def append(self, moments: Whole, columns: Whole) -> None:
        """Add facts in order; those with an unknown key are left out."""
        known = np.all(columns[:, self._keys] != UNKNOWN, axis=1)
        self.moments = np.concatenate((self.moments, moments[known]))
        self.columns = np.concatenate((self.columns.reshape(-1, len(self.names)), columns[known]))

    def release(self, until: int) -> tuple[Whole, Whole]:
        """Return the moments of the ticks before a moment, and the columns of the latest fact of a key at each."""
        due, columns = [np.zeros(0, np.int64)], [np.zeros((0, len(self.names)), np.int64)]
        while len(self.moments):
            tick = max(self.next_tick, self._tick_from(int(self.moments[0])))
            if tick >= until:
                break
            self._keep_latest(int(np.searchsorted(self.moments, tick, side="right")), self._first_moment(tick))
            rows = self.columns[: int(np.searchsorted(self.moments, tick, side="right"))]
            rows = rows[self._may_fire(rows)]
            due.append(np.full(len(rows), tick, np.int64))
            columns.append(rows)
            self.next_tick = tick + self.point.every
        if len(self.moments) > self._most:
            self._keep_latest(len(self.moments), int(self.moments[0]))
            self._most = _MANY + 2 * len(self.moments)
        return np.concatenate(due), np.concatenate(columns)

    @property
    def _keys(self) -> list[int]:
        return [self.names.index(name) for name in self.point.keys]

    def _tick_from(self, moment: int) -> int:
        """Return the first tick at a moment or after it."""
        return -(-(moment + CHINA_MS) // self.point.every) * self.point.every - CHINA_MS

    def _first_moment(self, tick: int) -> int:
        """Return the first moment that lies in the longest window at a tick."""
        if self.point.within <= DAY_MS:
            return tick - self.point.within + 1
        return ((tick + CHINA_MS) // DAY_MS - self.point.within // DAY_MS + 1) * DAY_MS - CHINA_MS

    def _keep_latest(self, count: int, since: int) -> None:
        """Of the first `count` facts keep the latest of each key that lies not before `since`."""
        keys = self.columns[:count, self._keys]
        newest_first = np.ascontiguousarray(keys[::-1])
        if newest_first.shape[1] == 1:
            _, found = np.unique(newest_first[:, 0], return_index=True)
        else:
            _, found = np.unique(newest_first, axis=0, return_index=True)
        rows = np.sort(count - 1 - found)
        rows = np.concatenate((rows[self.moments[rows] >= since], np.arange(count, len(self.moments))))
        self.moments, self.columns = self.moments[rows], self.columns[rows]

    def _may_fire(self, rows: Whole) -> NDArray[np.bool_]:
        if not self.conditions or not len(rows):
            return np.ones(len(rows), np.bool_)
        columns = {name: np.ascontiguousarray(rows[:, at]) for at, name in enumerate(self.names)}
        at = Evaluator(self.point.fact, columns, {}, np.arange(len(rows)))
        may_fire: NDArray[np.bool_] = np.any([at.true(condition) for condition in self.conditions], axis=0)
        return may_fire

    def save(self) -> SavedClock:
        """Return the facts as bytes."""
        point, data = self.point, (self.moments.tobytes(), self.columns.tobytes())
        return point.fact, point.every, list(point.keys), point.within, list(self.names), self.next_tick, *data

    def restore(self, clocks: Sequence[SavedClock]) -> None:
        """Replace the facts by the saved ones of the same point; columns that were not saved are unknown."""
        self.moments, self.columns = np.zeros(0, np.int64), np.zeros((0, len(self.names)), np.int64)
        point = self.point
        for table, every, keys, within, names, next_tick, moments, columns in clocks:
            if (table, every, tuple(keys), within) == (point.fact, point.every, point.keys, point.within):
                self.next_tick, self.moments = next_tick, np.frombuffer(moments, np.int64)
                old = np.frombuffer(columns, np.int64).reshape(len(self.moments), len(names))
                nothing = np.full(len(self.moments), UNKNOWN, np.int64)
                kept = [old[:, names.index(name)] if name in names else nothing for name in self.names]
                self.columns = np.column_stack(kept)
