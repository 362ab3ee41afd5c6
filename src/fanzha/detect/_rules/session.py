"""One run of many rule detectors over one sequence: windows are shared, firings are told once in a quiet time."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import pyarrow as pa

from fanzha.claims import Finding
from fanzha.claims.quiet import Quiet
from fanzha.detect._detector import Session
from fanzha.detect._rule_detector import RuleDetector
from fanzha.detect._rules.subjects import Subject, subjects
from fanzha.detect._rules.telling import tell
from fanzha.rules.engine import Engine, Fired


class _Saved(msgspec.Struct, array_like=True):
    engine: bytes
    quiet: bytes


class RuleSession(Session):
    """Takes events as they come; a stretch is judged when nothing before its end can come any more."""

    def __init__(self, detectors: Sequence[RuleDetector], saved: bytes = b"") -> None:
        """Open the rules of these detectors together."""
        self._of = {rule.name: detector for detector in detectors for rule in detector.rules}
        lists = {name: values for detector in detectors for name, values in detector.file.lists.items()}
        self._engine = Engine([rule for detector in detectors for rule in detector.rules], lists)
        self._quiet = Quiet()
        if saved:
            state = msgspec.msgpack.decode(saved, type=_Saved)
            self._engine.restore(state.engine)
            self._quiet = Quiet.restore(state.quiet)

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

    def save(self) -> bytes:
        """Return windows, open calls and quiet times."""
        return msgspec.msgpack.encode(_Saved(self._engine.save(), self._quiet.save()))

    def _tell(self, firings: Iterator[Fired]) -> list[Finding]:
        return [
            tell(self._of[fired.rule.name], self._engine, fired, row, subject)
            for fired in firings
            for row, subject in self._first(fired)
        ]

    def _first(self, fired: Fired) -> Iterator[tuple[int, Subject]]:
        """Yield the firings that are not in the quiet time of their subject."""
        rule = fired.rule
        for row, (subject, moment) in enumerate(zip(subjects(fired), fired.moments.tolist(), strict=True)):
            if subject is not None and self._quiet.told(rule.name, *subject, moment, rule.again_after):
                yield row, subject
