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
values of their types; what is left out or None is unknown, "" is a text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from fanzha.events import all_events
from fanzha.rules.engine import Engine, Fired
from fanzha.rules.tree import Rule


@dataclass(frozen=True)
class Firing:
    """One rule that fires at one fact."""

    rule: Rule
    score: float
    moment: int
    fired: Fired  # with one place


class Live(Engine):
    """A set of checked rules and their state, fed fact by fact."""

    _now = 0

    def offered(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in that a call is offered; return what fires at it, and at waits that were over before."""
        return self.fact("call_offered", moment, fields)

    def answered(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in that a call is answered."""
        return self.fact("call_answered", moment, fields)

    def ended(self, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in that a call has ended."""
        return self.fact("call_ended", moment, fields)

    def fact(self, table: str, moment: int, fields: Mapping[str, object]) -> Sequence[Firing]:
        """Take in a fact of any event table."""
        self._now = max(self._now, moment)
        envelope = {"event_id": "", "observed_at": self._now, "source": "live", "simulated": False}
        row = {**envelope, **fields, "occurred_at": self._now}
        self.take(table, pa.RecordBatch.from_pylist([row], schema=all_events()[table].schema))
        return self.pass_time(self._now + 1)

    def pass_time(self, now: int) -> Sequence[Firing]:
        """Return what fires before a moment; no fact before it counts any more."""
        return [
            Firing(fired.rule, float(fired.scores[0]), int(fired.moments[0]), fired)
            for fired in self.settle(now)
            for _ in fired.places[:1]
        ]
