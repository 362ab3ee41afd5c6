"""Evaluate rules over single facts in a process, with the same decisions as over event tables, in microseconds.

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
from fanzha.rules._engine.program import ProgramLevel
from fanzha.rules._engine.stretch import Stretch
from fanzha.rules._live.calls import NEVER
from fanzha.rules._live.event_sequencer import LiveEventSequencer
from fanzha.rules._live.received_fact import ReceivedFact
from fanzha.rules._live.steps import DecisionStep, ValueLayout
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.tree import DecisionPoint, Expression, Rule, WindowExpression, walk
from fanzha.rules.words import MODES
from fanzha.windows import UNKNOWN, FactBatch, WindowSpec
from fanzha.windows.codes import TextCodes
from fanzha.windows.live import LiveWindows

MOST_CALLS = 1_000_000
MOST_TEXTS = 1 << 20
BYTES_AN_EVENT = 256  # of window memory for each fact whose event id and parties are stored for explanations

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
    """One rule that fired at one fact, with the values of fields and windows."""

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
        """Return the value of a window as of the fact, None if unknown."""
        value = int(self.values[self.live.layout.windows[spec.name]])
        return None if value == UNKNOWN else value

    @cached_property
    def fired(self) -> FiredOnce:
        """The firing for fanzha.rules.explain (row 0); its window facts are available until the next sweep."""
        columns = {name: self.row[at : at + 1] for name, at in self.live.layout.fields.items()}
        window_values = {name: self.values[at : at + 1] for name, at in self.live.layout.windows.items()}
        kinds = np.array([self.live.program.point_code(self.point)], np.int16)
        facts, none = FactBatch(kinds, np.array([self.received.moment]), {}, self.received.position), np.array([-1])
        stretch = Stretch(facts, none.astype(np.int8), none, [], self.live.codes, columns)
        row = np.zeros(1, np.intp)
        at = Evaluator(self.point.fact, columns, window_values, row)
        return FiredOnce(self.rule, row, np.array([self.score]), stretch, at, self.received)


def asks_most_frequent(rule: Rule) -> bool:
    """Return whether a rule asks for a most frequent value or its share, which single facts are too slow to count."""
    roots = [node for node in (rule.when, rule.unless, rule.score) if node is not None]
    windows = (node for root in roots for node in walk(root) if isinstance(node, WindowExpression))
    return any(window.what in MODES for window in windows)


class Live(RuleEngine):
    """A set of checked rules and their state, updated fact by fact within bounded memory.

    Beyond `most_calls` open calls the oldest are dropped. Beyond `most_texts` texts, numbers excepted, new texts are
    unknown. Beyond `most_bytes` of window memory the oldest facts are freed, so that rules with longer windows are not
    warm, and explanations name only the latest facts, one for each `BYTES_AN_EVENT`.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        lists: Lists | None = None,
        *,
        extra_expressions: Sequence[tuple[str, Expression]] = (),
        seed: int = 0,
        most_bytes: int | None = None,
        most_calls: int = MOST_CALLS,
        most_texts: int = MOST_TEXTS,
    ) -> None:
        """`most_bytes` is for each level of windows (windows in a filter of windows are a level of their own).

        Raise ValueError for a rule that asks for a most frequent value.
        """
        if unsuitable := [rule.name for rule in rules if asks_most_frequent(rule)]:
            raise ValueError(f"most frequent values are computed for stretches of facts only: {unsuitable}")
        self._most_bytes, self._most_calls, self._most_texts = most_bytes, most_calls, most_texts
        self._freed = 0  # facts that had been freed when `_warm_from` was computed
        super().__init__(rules, lists, extra_expressions=extra_expressions, seed=seed)
        self._make_ready()

    def _build_sequencer(self, lists: Lists) -> LiveEventSequencer:
        self._live = LiveEventSequencer(
            self.program,
            lists,
            seed=self._seed,
            most_texts=self._most_texts,
            most_calls=self._most_calls,
            most_events=None if self._most_bytes is None else max(1, self._most_bytes // BYTES_AN_EVENT),
        )
        return self._live

    def _build_windows(self, level: ProgramLevel, saved: bytes = b"") -> LiveWindows:
        requested = [(spec, frozenset(kinds)) for spec, kinds in level.asking_kinds.items()]
        if saved:
            return LiveWindows.restore(saved, requested, seed=self._seed, most_bytes=self._most_bytes)
        return LiveWindows(requested, seed=self._seed, most_bytes=self._most_bytes)

    def _make_ready(self) -> None:
        """Compute the layout of one fact and compile the steps for each kind."""
        levels = self._live_windows = [windows for windows in self._windows if isinstance(windows, LiveWindows)]
        self.layout = ValueLayout(levels, self._live.fields)
        self._steps = {
            table: DecisionStep(DecisionPoint(table), self.program, levels, self.layout) for table in self.tables
        }
        self._waits = [
            DecisionStep(point, self.program, levels, self.layout)
            for point in (*self.program.waits, *self.program.timers)
        ]
        self._live.begin()

    def reserve(self, facts: int) -> None:
        """Allocate memory for the facts of the longest spans in advance, so that no table grows during a call.

        Raise WindowsFull if that exceeds `most_bytes`.
        """
        for windows in self._live_windows:
            windows.reserve(facts)

    def offered(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Process the offer of a call; return the rules that fire at waits ended before, then those at the offer."""
        return self.fact("call_offered", moment, fields)

    def answered(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Process the answer of a call."""
        return self.fact("call_answered", moment, fields)

    def ended(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Process the end of a call."""
        return self.fact("call_ended", moment, fields)

    def fact(self, table: str, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Process a fact of any event table; a fact that no rule reads only advances time."""
        now = self._live.advance(moment)
        firings = self._over(now) if self._live.next_due < now else []
        if (step := self._steps.get(table)) is not None:
            received = self._live.enter(table, now, fields)
            firings += self._run(step, received)
        return firings

    def pass_time(self, now: int) -> Sequence[Firing]:
        """Return the rules that fire at waits that end before a moment; later facts never count as earlier."""
        return self._over(self._live.advance(now))

    @property
    def now(self) -> int:
        """The latest moment processed."""
        return self._live.advance(UNKNOWN)

    @property
    def next_due(self) -> int | None:
        """The end of the first wait, by which `pass_time` must be called; None if there is no wait."""
        due = self._live.next_due
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
        """The table of text codes."""
        return self._live.codes

    def warm_from(self, rule: Rule) -> int | None:
        """Return the moment from which every window of a rule covers its whole span; later, once facts are freed."""
        if self.freed != self._freed:
            self._freed = self.freed
            self._warm_from.clear()
        return super().warm_from(rule)

    @property
    def freed(self) -> int:
        """Number of window facts freed for lack of memory although a window still contained them."""
        return sum(windows.freed for windows in self._live_windows)

    @property
    def forgotten(self) -> int:
        """Number of open calls, waits and timers dropped for lack of memory."""
        return self._live.open.forgotten + self._live.dropped_timers

    def take_over(self, old: "Live") -> None:
        """Take over the state of another instance, which must not be used afterwards.

        Equal windows are passed on unchanged, others are copied, which takes time in proportion to their size.
        """
        self._live.take_over(old._live)
        requested = [level.asking_kinds for level in old.program.levels]
        for number, level in enumerate(self.program.levels[: len(requested)]):
            same = level.asking_kinds == requested[number]
            windows = old._live_windows[number]
            self._windows[number] = windows if same else self._build_windows(level, windows.save())
        self._make_ready()

    def restore(self, data: bytes) -> None:
        """Restore a saved state of this class or of `RuleEngine`. Raise ValueError for another format."""
        super().restore(data)
        self._make_ready()
