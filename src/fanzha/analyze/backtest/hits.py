"""Replay history through the rule engines and collect the hits of each version."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from fanzha.analyze.backtest.rule_versions import EngineGroup, RuleVersion, RuleVersions
from fanzha.analyze.event_order import Slice
from fanzha.base.words import Words
from fanzha.claims.allowlist import Trigger
from fanzha.claims.cooldown import Cooldown
from fanzha.detect.rules.explain import build_reasons
from fanzha.detect.rules.finding_facts import (
    TABLE,
    ReportedFiring,
    finding_facts,
    read_from_events,
    reads_findings,
)
from fanzha.detect.rules.firings import FiringSubject, firing_trigger, reported_firings
from fanzha.detect.rules.governance import TRUNK_CALLS
from fanzha.events import CALL_FACTS
from fanzha.rules.engine import Fired, RuleEngine
from fanzha.rules.explain import explain
from fanzha.rules.tree import Expression

MAX_EXPLAINED = 200  # hits per version with reasons


class Hit(NamedTuple):
    """One reported firing; `version` is an index into the versions, `moment` is UTC milliseconds."""

    version: int
    subject: FiringSubject
    moment: int
    score: float
    event_id: str
    trigger: Trigger
    trunk_calls: int | None  # calls of its trunk in the hour before; None if not counted or without a trunk
    simulated: bool
    reasons: tuple[Words, ...]  # () after the first `MAX_EXPLAINED` hits of a version


class Replay(NamedTuple):
    """All hits by moment, and the number of firings of each version including cooldowns."""

    hits: list[Hit]
    firings: list[int]


def replay(
    texts: RuleVersions,
    slices: Iterator[Slice],
    advance: Callable[[int], None] = lambda rows: None,
    *,
    count_trunks: bool = False,
) -> Replay:
    """Run every version over consecutive slices; `count_trunks` also counts the calls of trunks."""
    runs = [_EngineRun(texts, group, count_trunks=count_trunks) for group in texts.groups]
    for piece in slices:
        for table, batch in piece.items():
            for run in runs:
                run.take(table, batch)
        until = max(int(batch.column("occurred_at")[-1].as_py()) for batch in piece.values())
        for run in runs:
            run.settle(until)
        advance(sum(batch.num_rows for batch in piece.values()))
    for run in runs:
        run.settle(None)
    hits = [hit for run in runs for hit in run.hits]
    firings = np.sum([run.firings for run in runs], axis=0, dtype=int).tolist()
    return Replay(sorted(hits, key=lambda hit: (hit.moment, hit.event_id, hit.version)), firings)


class _EngineRun:
    """One engine and the versions it runs."""

    def __init__(self, texts: RuleVersions, group: EngineGroup, *, count_trunks: bool) -> None:
        self._versions: dict[int, tuple[int, RuleVersion]] = {
            id(texts.versions[index].rule): (index, texts.versions[index]) for index in group.versions
        }
        rules = [version.rule for _, version in self._versions.values()]
        self._trunk_facts = CALL_FACTS if count_trunks else ()
        on_findings = [rule for rule in rules if reads_findings(rule)]
        on_events = [rule for rule in rules if not reads_findings(rule)]
        extra: list[tuple[str, Expression]] = [(fact, TRUNK_CALLS) for fact in self._trunk_facts]
        if on_findings:
            extra += read_from_events(on_events)
        self._engine = RuleEngine(on_events, group.lists, extra_expressions=extra)
        #: The versions that read findings of the others.
        self._on_findings = RuleEngine(on_findings, group.lists) if on_findings else None
        self._cooldown = Cooldown()
        self._explained = [0] * len(texts.versions)
        self.firings = [0] * len(texts.versions)
        self.hits: list[Hit] = []

    def take(self, table: str, batch: pa.RecordBatch) -> None:
        """Buffer events of one table."""
        self._engine.take(table, batch)
        if self._on_findings is not None:
            self._on_findings.take(table, batch)

    def settle(self, until: int | None) -> None:
        """Collect the reported hits before a moment (UTC ms), all that are left if it is None."""
        found = self._collect(self._engine, until)
        if self._on_findings is not None:
            if found:
                self._on_findings.take(TABLE, finding_facts(found))
            self._collect(self._on_findings, until)

    def _collect(self, engine: RuleEngine, until: int | None) -> list[ReportedFiring]:
        found = []
        for fired in engine.finish() if until is None else engine.settle(until):
            index, version = self._versions[id(fired.rule)]
            self.firings[index] += len(fired.positions)
            reported = [
                ReportedFiring(fired, row, subject)
                for row, subject in reported_firings(fired, self._cooldown, version.label)
            ]
            self.hits += self._reported_hits(engine, reported, index)
            found += reported
        return found

    def _reported_hits(self, engine: RuleEngine, reported: list[ReportedFiring], index: int) -> Iterator[Hit]:
        for fired, row, subject in reported:
            yield Hit(
                index,
                subject,
                int(fired.moments[row]),
                float(fired.scores[row]),
                str(fired.of_event("event_id", row)),
                firing_trigger(fired, row),
                self._trunk_calls(fired, row),
                bool(fired.of_event("simulated", row)),
                self._reasons(engine, fired, row, index),
            )

    def _trunk_calls(self, fired: Fired, row: int) -> int | None:
        if fired.rule.on.fact not in self._trunk_facts:
            return None
        calls = float(fired.at.numbers(TRUNK_CALLS)[row])
        return None if np.isnan(calls) else int(calls)

    def _reasons(self, engine: RuleEngine, fired: Fired, row: int, index: int) -> tuple[Words, ...]:
        if self._explained[index] >= MAX_EXPLAINED:
            return ()
        self._explained[index] += 1
        return tuple(build_reasons(fired, row, explain(engine, fired, row)))
