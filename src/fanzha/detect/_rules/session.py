"""One run of many rule detectors over one sequence: windows are shared, firings are told once in a quiet time."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.errors import WrongCall
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.claims.cooldown import Cooldown
from fanzha.detect._detector import Session
from fanzha.detect._rule_detector import RuleDetector
from fanzha.detect._rules.governance import TRUNK_CALLS, Governance, Judge
from fanzha.detect._rules.subjects import Subject, told
from fanzha.detect._rules.telling import tell
from fanzha.detect._rules.trigger import trigger
from fanzha.rules.engine import Engine, Fired
from fanzha.rules.tree import Rule


class _Saved(msgspec.Struct, array_like=True):
    engine: bytes
    quiet: bytes
    judge: bytes


class RuleSession(Session):
    """Takes events as they come; a stretch is judged when nothing before its end can come any more."""

    takes_words = True

    def __init__(
        self, detectors: Sequence[RuleDetector], saved: bytes = b"", governance: Governance | None = None
    ) -> None:
        """Open the rules of these detectors together."""
        self._governance = governance or Governance()
        self._of: dict[Rule, RuleDetector] = {rule: one for one in detectors for rule in one.rules}
        self._engine = Engine(list(self._of), lists_of(detectors), beside=self._governance.beside)
        state = msgspec.msgpack.decode(saved, type=_Saved) if saved else None
        self._quiet = Cooldown.restore(state.quiet) if state else Cooldown()
        self._judge = Judge(self._governance, state.judge if state else b"")
        if state:
            self._engine.restore(state.engine)

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables that are read."""
        return self._engine.tables

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Take in events; they are judged by `settle` and `finish`."""
        self._engine.take(table, batch)
        return ()

    def settle(self, until: int) -> Iterable[Finding]:
        """Judge everything before a moment."""
        return self._tell(self._engine.settle(until))

    def finish(self) -> Iterable[Finding]:
        """Judge the rest."""
        return self._tell(self._engine.finish())

    def notes(self) -> Iterable[Words]:
        """Yield where rules went over their budgets."""
        return [overrun.words() for overrun in self._judge.overruns()]

    def save(self) -> bytes:
        """Return windows, open calls, quiet times and budgets."""
        return msgspec.msgpack.encode(_Saved(self._engine.save(), self._quiet.save(), self._judge.save()))

    def _tell(self, firings: Iterator[Fired]) -> list[Finding]:
        found = [
            (fired, row, subject)
            for fired in firings
            for row, subject in told(fired, self._quiet, f"{fired.rule.name} {fired.rule.version}")
        ]
        found.sort(key=lambda one: (int(one[0].places[one[1]]), one[0].rule.name, one[0].rule.version))
        return [self._judged(fired, row, subject) for fired, row, subject in found]

    def _judged(self, fired: Fired, row: int, subject: Subject) -> Finding:
        detector = self._of[fired.rule]
        finding = tell(detector, self._engine, fired, row, subject)
        warm_from = self._engine.warm_from(fired.rule)
        warm = warm_from is not None and warm_from <= finding.found_at
        calls = self._trunk_calls(fired, row)
        return self._judge.judge(detector, finding, trigger(fired, row), warm=warm, trunk_calls=calls)

    def _trunk_calls(self, fired: Fired, row: int) -> int | None:
        if all(fact != fired.rule.on.fact for fact, _ in self._governance.beside):
            return None
        calls = float(fired.at.numbers(TRUNK_CALLS)[row])
        return None if np.isnan(calls) else int(calls)


def lists_of(detectors: Sequence[RuleDetector]) -> dict[str, Sequence[str]]:
    """Return the lists of all rule texts; WrongCall when two have other values under one name."""
    found: dict[str, Sequence[str]] = {}
    for one in detectors:
        for name, values in {**one.lists, **one.file.lists}.items():
            if sorted(found.setdefault(name, values)) != sorted(values):
                raise WrongCall(f"{one.name}: another rule has other values in its list {name!r}", fix="rename one")
    return found
