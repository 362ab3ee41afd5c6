"""Rules over single facts inside a process: the same decisions as over event tables, at once, in microseconds.

    live = Live(rules, lists, seed=secret)            # checked rules, as for Engine
    live.restore(state)                               # of Live.save or Engine.save; or warm by take and settle
    for firing in live.offered(now, {"call_id": "a1", "caller": "+8617000000001", "event_id": "..."}):
        firing.rule, firing.score                     # firing.fired explains, while windows hold the facts
    live.answered(now, {"call_id": "a1"})
    live.ended(now, {"call_id": "a1", "answered": True, "talk_ms": 61_000})
    live.fact("message", now, {"sender": "10690000", "event_id": "..."})
    live.pass_time(now)                               # what fires at waits ("still talking 20 min") that are over

A fact counts from when it arrives: `now` is UTC ms of the process, and one that lies before the last counts as at the
last. Fields are columns of the event table (own columns, and of the envelope event_id, source, simulated, basis) with
values of their types; what is left out, None or of another type is unknown, "" is a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fanzha.rules._engine.base_columns import Lists
from fanzha.rules._engine.evaluate import Evaluator
from fanzha.rules._engine.fact_codes import code_of_point
from fanzha.rules._engine.program import ProgramLevel
from fanzha.rules._engine.sequence import Stretch
from fanzha.rules._live.calls import NEVER
from fanzha.rules._live.event_sequencer import LiveEventSequencer, ReceivedFact
from fanzha.rules._live.steps import DecisionStep, ValueLayout
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.tree import DecisionPoint, Expression, Rule
from fanzha.windows import UNKNOWN, FactBatch, WindowSpec
from fanzha.windows.codes import TextCodes
from fanzha.windows.live import LiveWindows

MOST_CALLS = 1_000_000
MOST_TEXTS = 1 << 20

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class FiredOnce(Fired):
    """A rule that fired at a single fact outside any batch."""

    received: ReceivedFact

    def of_event(self, name: str, row: int) -> Any:
        """Return event_id, simulated, basis or call_id of the fact (of a wait: of the fact that began it)."""
        return getattr(self.received, name)


@dataclass(frozen=True)
class Firing:
    """One rule that fires at one fact, with all that was known there."""

    rule: Rule
    score: float
    received: ReceivedFact
    point: DecisionPoint
    row: Whole
    values: Whole
    live: "Live"

    def text(self, name: str) -> str | None:
        """Return a text field of the fact, as rules read it."""
        return self.live.codes.text(int(self.row[self.live.layout.fields[name]]))

    def value(self, spec: WindowSpec) -> int | None:
        """Return a window of the kernel as of the fact; None: not known."""
        value = int(self.values[self.live.layout.windows[spec.name]])
        return None if value == UNKNOWN else value

    @cached_property
    def fired(self) -> FiredOnce:
        """The firing as fanzha.rules.explain takes it (row 0): windows tell its facts until they are swept."""
        columns = {name: self.row[at : at + 1] for name, at in self.live.layout.fields.items()}
        window_values = {name: self.values[at : at + 1] for name, at in self.live.layout.windows.items()}
        kinds, moments = np.array([code_of_point(self.point)], np.int16), np.array([self.received.moment])
        facts, none = FactBatch(kinds, moments, {}, self.received.position), np.array([-1])
        stretch = Stretch(facts, none.astype(np.int8), none, [], self.live.codes, columns)
        row = np.zeros(1, np.intp)
        at = Evaluator(self.point.fact, columns, window_values, row)
        return FiredOnce(self.rule, row, np.array([self.score]), stretch, at, self.received)


class Live(RuleEngine):
    """A set of checked rules and their state, fed fact by fact; what comes never takes more memory than allowed.

    Beyond `most_calls` open calls the oldest are forgotten, beyond `most_texts` beside numbers new ones are unknown,
    beyond `most_bytes` for windows facts are left out of them: rules may then fire too seldom.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        lists: Lists | None = None,
        *,
        beside: Sequence[tuple[str, Expression]] = (),
        seed: int = 0,
        most_bytes: int | None = None,
        most_calls: int = MOST_CALLS,
        most_texts: int = MOST_TEXTS,
    ) -> None:
        """`most_bytes` is for each level of windows (windows in a filter of windows are a level of their own)."""
        self._most_bytes, self._most_calls, self._most_texts = most_bytes, most_calls, most_texts
        super().__init__(rules, lists, beside=beside, seed=seed)
        self._make_ready()

    def _build_sequencer(self, lists: Lists) -> LiveEventSequencer:
        self._live = LiveEventSequencer(
            self.program, lists, seed=self._seed, most_texts=self._most_texts, most_calls=self._most_calls
        )
        return self._live

    def _windows_for(self, level: ProgramLevel, saved: bytes = b"") -> LiveWindows:
        requested = [(spec, frozenset(kinds)) for spec, kinds in level.asking_kinds.items()]
        if saved:
            return LiveWindows.restore(saved, requested, seed=self._seed, most_bytes=self._most_bytes)
        return LiveWindows(requested, seed=self._seed, most_bytes=self._most_bytes)

    def _make_ready(self) -> None:
        """Lay out one fact and compile what is done with each kind."""
        levels = self._live_windows = [windows for windows in self._windows if isinstance(windows, LiveWindows)]
        self.layout = ValueLayout(levels, self._live.fields)
        self._steps = {
            table: DecisionStep(DecisionPoint(table), self.program, levels, self.layout) for table in self.tables
        }
        self._waits = [DecisionStep(point, self.program, levels, self.layout) for point in self.program.waits]
        self._live.begin()

    def reserve(self, facts: int) -> None:
        """Make room for as many facts as the longest spans will hold: tables that double while calls wait take longer.

        WindowsFull when that is more than `most_bytes`.
        """
        for windows in self._live_windows:
            windows.reserve(facts)

    def offered(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in that a call is offered; return what fires at waits that were over before, then what fires at it."""
        return self.fact("call_offered", moment, fields)

    def answered(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in that a call is answered."""
        return self.fact("call_answered", moment, fields)

    def ended(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in that a call has ended."""
        return self.fact("call_ended", moment, fields)

    def fact(self, table: str, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in a fact of any event table; one that no rule reads only lets time pass."""
        now = self._live.advance(moment)
        firings = self._over(now) if self._live.open.next_due < now else []
        if (step := self._steps.get(table)) is not None:
            received = self._live.enter(table, now, fields)
            firings += self._run(step, received)
        return firings

    def pass_time(self, now: int) -> Sequence[Firing]:
        """Return what fires at waits that are over before a moment; what comes later counts as not before it."""
        return self._over(self._live.advance(now))

    @property
    def now(self) -> int:
        """The latest moment there was."""
        return self._live.advance(UNKNOWN)

    @property
    def next_due(self) -> int | None:
        """When to let time pass at the latest: the end of the first wait, None when nothing waits."""
        due = self._live.open.next_due
        return None if due == NEVER else due + 1

    def _over(self, now: int) -> list[Firing]:
        return [firing for kind, received in self._live.over(now) for firing in self._run(self._waits[kind], received)]

    def _run(self, step: DecisionStep, received: ReceivedFact) -> list[Firing]:
        row = self._live.row
        fires = step.run(received.moment, received.position, row)
        if not fires:
            return []
        row, values = row.copy(), self.layout.values.copy()
        return [Firing(rule, score, received, step.point, row, values, self) for rule, score in fires]

    @property
    def codes(self) -> TextCodes:
        """The texts behind codes."""
        return self._live.codes

    @property
    def left_out(self) -> int:
        """How many calls, and facts of windows, were left out because there was no room for them."""
        return self._live.open.forgotten + sum(windows.left_out for windows in self._live_windows)

    def take_over(self, old: "Live") -> None:
        """Go on from another live one, which may not be used any more, as from its saved state.

        Windows that are the same in both are handed over as they are, others are moved: that takes as long as their
        state is large.
        """
        self._live.take_over(old._live)
        requested = [level.asking_kinds for level in old.program.levels]
        for number, level in enumerate(self.program.levels[: len(requested)]):
            same = level.asking_kinds == requested[number]
            windows = old._live_windows[number]
            self._windows[number] = windows if same else self._windows_for(level, windows.save())
        self._make_ready()

    def restore(self, data: bytes) -> None:
        """Go on from a saved state of this class or of Engine; ValueError for a state of another format."""
        super().restore(data)
        self._make_ready()
