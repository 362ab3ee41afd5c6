"""The session that many rule detectors share: common windows, and one finding for a subject in each cooldown."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.claims.cooldown import Cooldown
from fanzha.detect import RuleDetector, Session
from fanzha.detect.rules.explain import build_finding
from fanzha.detect.rules.finding_facts import TABLE, ReportedFiring, finding_facts, read_from_events, reads_findings
from fanzha.detect.rules.firings import firing_trigger, reported_firings
from fanzha.detect.rules.governance import TRUNK_CALLS, FindingGovernor, Governance
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.history import HistoryEngine, HistoryStore
from fanzha.rules.tree import Rule


class _SavedState(msgspec.Struct, array_like=True):
    engine: bytes
    cooldown: bytes
    governor: bytes
    on_findings: bytes = b""


class RuleSession(Session):
    """Buffers events and evaluates the rules on each time range once all of its events have arrived."""

    accepts_dictionaries = True

    def __init__(
        self,
        detectors: Sequence[RuleDetector],
        saved: bytes = b"",
        governance: Governance | None = None,
        store: HistoryStore | None = None,
    ) -> None:
        """Start the rules of these detectors, or resume them from a saved state.

        With a store all events are stored first and `finish` yields all findings, in much less memory.
        """
        self._governance = governance or Governance()
        self._detectors: dict[Rule, RuleDetector] = {
            rule: detector for detector in detectors for rule in detector.rules
        }
        on_findings = [rule for rule in self._detectors if reads_findings(rule)]
        on_events = [rule for rule in self._detectors if rule not in on_findings]
        lists, extra = collect_lists(detectors), list(self._governance.extra_windows)
        #: The rules that read findings; they decide after the others.
        self._on_findings = RuleEngine(on_findings, lists, extra_expressions=extra) if on_findings else None
        if on_findings:
            extra += read_from_events(on_events)
        self._engine: RuleEngine
        # Rules that read findings and events need both at the same time; then nothing is stored.
        if store is None or (self._on_findings is not None and set(self._on_findings.tables) > {TABLE}):
            self._stores = False
            self._engine = RuleEngine(on_events, lists, extra_expressions=extra)
        else:
            self._stores = True
            self._engine = HistoryEngine(on_events, lists, store, extra_expressions=extra)
            if not saved:
                store.truncate(0)
        state = msgspec.msgpack.decode(saved, type=_SavedState) if saved else None
        self._cooldown = Cooldown.restore(state.cooldown) if state else Cooldown()
        self._governor = FindingGovernor(self._governance, state.governor if state else b"")
        if state:
            self._engine.restore(state.engine)
        if state and state.on_findings and self._on_findings is not None:
            self._on_findings.restore(state.on_findings)

    @property
    def tables(self) -> tuple[str, ...]:
        """The event tables that the rules read."""
        engines = [self._engine, *([self._on_findings] if self._on_findings is not None else [])]
        return tuple(sorted({table for engine in engines for table in engine.tables} - {TABLE}))

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Buffer events; `settle` and `finish` evaluate them."""
        self._engine.take(table, batch)
        if self._on_findings is not None:
            self._on_findings.take(table, batch)
        return ()

    def feed_late(self, table: str, batch: pa.RecordBatch) -> None:
        """Add events that are too late for windows: later look-ups of a number's registration use them."""
        self._engine.take_late(table, batch)
        if self._on_findings is not None:
            self._on_findings.take_late(table, batch)

    def settle(self, until: int) -> Iterable[Finding]:
        """Evaluate all events before `until` (UTC ms)."""
        findings = self._report(self._engine, self._engine.settle(until))
        if self._on_findings is not None and not self._stores:
            findings += self._report(self._on_findings, self._on_findings.settle(until))
        return findings

    def finish(self) -> Iterable[Finding]:
        """Evaluate the remaining events."""
        for until, firings in self._engine.remaining():
            yield from self._report(self._engine, firings)
            if self._on_findings is not None:
                later = self._on_findings.finish() if until is None else self._on_findings.settle(until)
                yield from self._report(self._on_findings, later)

    def notes(self) -> Iterable[Words]:
        """Yield the times at which rules exceeded their budgets."""
        return [overrun.words() for overrun in self._governor.overruns()]

    def save(self) -> bytes:
        """Return windows, open calls, cooldowns and budget counts."""
        on_findings = self._on_findings.save() if self._on_findings is not None else b""
        return msgspec.msgpack.encode(
            _SavedState(self._engine.save(), self._cooldown.save(), self._governor.save(), on_findings)
        )

    def _report(self, engine: RuleEngine, firings: Iterator[Fired]) -> list[Finding]:
        reported = [
            ReportedFiring(fired, row, subject)
            for fired in firings
            for row, subject in reported_firings(fired, self._cooldown, f"{fired.rule.name} {fired.rule.version}")
        ]
        reported.sort(
            key=lambda item: (int(item.fired.positions[item.row]), item.fired.rule.name, item.fired.rule.version)
        )
        if engine is self._engine and self._on_findings is not None and reported:
            self._on_findings.take(TABLE, finding_facts(reported))
        return [self._finding(engine, firing) for firing in reported if not firing.fired.rule.notes]

    def _finding(self, engine: RuleEngine, firing: ReportedFiring) -> Finding:
        fired, row, subject = firing
        detector = self._detectors[fired.rule]
        finding = build_finding(detector, engine, fired, row, subject)
        warm_from = engine.warm_from(fired.rule)
        warm = warm_from is not None and warm_from <= finding.found_at
        calls = self._trunk_calls(fired, row)
        return self._governor.set_mode(detector, finding, firing_trigger(fired, row), warm=warm, trunk_calls=calls)

    def _trunk_calls(self, fired: Fired, row: int) -> int | None:
        if all(fact != fired.rule.on.fact for fact, _ in self._governance.extra_windows):
            return None
        calls = float(fired.at.numbers(TRUNK_CALLS)[row])
        return None if np.isnan(calls) else int(calls)


def collect_lists(detectors: Sequence[RuleDetector]) -> dict[str, Sequence[str]]:
    """Return the named lists of all rule texts; UsageError if two lists of one name differ."""
    lists: dict[str, Sequence[str]] = {}
    for detector in detectors:
        for name, values in {**detector.lists, **detector.file.lists}.items():
            if sorted(lists.setdefault(name, values)) != sorted(values):
                raise UsageError(
                    f"{detector.name}: another rule has other values in its list {name!r}", fix="rename one"
                )
    return lists
