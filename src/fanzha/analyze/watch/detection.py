"""Detection over the steps of the log: the reorder buffer, the detectors' sessions, and their snapshot."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow.compute
from numpy.typing import NDArray

from fanzha import __version__
from fanzha.analyze.event_order import Slice
from fanzha.analyze.sessions import DetectorSessions, keep_strongest
from fanzha.analyze.watch.arrivals import InputPosition
from fanzha.analyze.watch.reorder_buffer import ReorderBuffer, from_bytes, occurred_at
from fanzha.analyze.watch.source_monitor import MonitorState, SourceAlarm, SourceMonitor
from fanzha.analyze.watch.step_log import WatchStep, decode_checked, encode_checked
from fanzha.base.clock import EARLIEST_MS
from fanzha.claims import Finding
from fanzha.detect import Detector
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import Holders
from fanzha.store.private_files import write_private_file

pc: Any = pyarrow.compute

FUTURE_TOLERANCE_MS = 300_000  # events further ahead of the clock do not advance the released moment
SNAPSHOT = "snapshot"
AGE_BUCKETS = 32


class WatchCounts(msgspec.Struct):
    """Counts since the state folder was created."""

    events: dict[str, int] = {}  # event table -> events that arrived
    released: int = 0  # events that detection has seen
    repeats: int = 0
    late: dict[str, int] = {}  # source -> events after their allowed lateness
    future: int = 0  # events that were further ahead of the clock than is allowed, when they arrived
    partial: int = 0  # records that are parts of longer calls; each counts as a call
    rejects: int = 0
    findings: int = 0
    ages: dict[str, list[int]] = {}  # source -> events by age at arrival: under 1 s, 2 s, 4 s, … 2^31 s
    delays: dict[str, list[int]] = {}  # the same by how much older they were than the newest event that had arrived
    tables: dict[str, list[str]] = {}  # source -> event tables of the events it has delivered

    def age_quantiles(self) -> dict[str, dict[str, int]]:
        """Return for each source the age in s that half, and that 99 % of its events did not reach at arrival."""
        return {
            source: {f"p{share}": 1 << _find_bucket(buckets, share) for share in (50, 99)}
            for source, buckets in self.ages.items()
        }

    def suggest_lateness(self) -> dict[str, int]:
        """Return by source the smallest power of two, in s, that 99.9 % of the delays of its events do not exceed."""
        return {source: 1 << _find_bucket(buckets, 99.9) for source, buckets in self.delays.items()}


def _find_bucket(buckets: list[int], share: float) -> int:
    """Return the first bucket up to which there are `share` percent of all."""
    sums = np.cumsum(buckets)
    return int(np.searchsorted(100 * sums, share * sums[-1]))


def _add_to_buckets(histograms: dict[str, list[int]], source: str, seconds: NDArray[np.int64]) -> None:
    bits = np.ceil(np.log2(np.maximum(seconds, 0) + 1)).astype(np.int64)
    added = np.bincount(np.minimum(bits, AGE_BUCKETS - 1), minlength=AGE_BUCKETS)
    histograms[source] = (np.array(histograms.get(source, [0] * AGE_BUCKETS)) + added).tolist()


class _Snapshot(msgspec.Struct, array_like=True):
    version: str
    step: int
    is_finished: bool
    counts: WatchCounts
    positions: dict[str, InputPosition]
    buffer: bytes
    sessions: dict[str, bytes]
    sources: MonitorState = msgspec.field(default_factory=MonitorState)


@dataclass(frozen=True)
class StepResult:
    """What one step yields: findings, late events by source and table, and alarms about sources."""

    findings: list[Finding] = field(default_factory=list)
    late: list[tuple[str, Slice]] = field(default_factory=list)
    alarms: list[SourceAlarm] = field(default_factory=list)


class WatchDetection:
    """The state of continuous detection; the same steps give the same findings in the same order."""

    def __init__(
        self,
        folder: Path,
        detectors: Mapping[str, Detector],
        governance: Governance | None = None,
        holders: Holders | None = None,
        *,
        remember_ms: int,
    ) -> None:
        """Resume from the snapshot of the folder, if there is one. Raise DamagedState."""
        self.path = folder / SNAPSHOT
        state = decode_checked(self.path, _Snapshot) if self.path.exists() else None
        self.step = state.step if state else 0
        self.is_finished = state.is_finished if state else False
        self.counts = state.counts if state else WatchCounts()
        self.positions = state.positions if state else {}
        self.buffer = ReorderBuffer(remember_ms, state.buffer if state else b"")
        self.sources = SourceMonitor(state.sources if state else MonitorState())
        self._sessions = DetectorSessions(detectors, state.sessions if state else {}, governance, holders)

    def apply(self, step: WatchStep) -> StepResult:
        """Add the events of a step, release those that are due, and return what the detectors find in them."""
        result = StepResult()
        event_counts: Counter[str] = Counter()
        for arrival in step.arrivals:
            tables = {table: from_bytes(data) for table, data in arrival.tables.items()}
            self._add(arrival.source, tables, step.at, result)
            event_counts[arrival.source] += sum(batch.num_rows for batch in tables.values())
            self.counts.rejects += len(arrival.rejects)
        result.alarms.extend(self.sources.observe(step.at, step.observed_ms, event_counts))
        self.positions.update(step.positions)
        for key in step.removed:
            self.positions.pop(key, None)
        if step.release is not None:
            self._detect(step.release, result)
        if step.finishes:
            result.findings.extend(self._sessions.finish())
            self.is_finished = True
        result.findings[:] = keep_strongest(result.findings)
        self.counts.findings += len(result.findings)
        self.step = step.number
        return result

    def _add(self, source: str, tables: Slice, at: int, result: StepResult) -> None:
        limit = at + FUTURE_TOLERANCE_MS
        for table, batch in tables.items():
            self.counts.events[table] = self.counts.events.get(table, 0) + batch.num_rows
            self.counts.future += int((occurred_at(batch) > limit).sum())
            if "partial" in batch.schema.names:
                self.counts.partial += pc.sum(batch.column("partial")).as_py() or 0
            if batch.num_rows and table not in (known := self.counts.tables.setdefault(source, [])):
                known.append(table)
        self._count_ages(source, tables, at)
        added = self.buffer.add(tables, limit)
        self.counts.repeats += added.repeats
        if added.late:
            result.late.append((source, added.late))
            self._sessions.feed_late(added.late)
            late_count = sum(batch.num_rows for batch in added.late.values())
            self.counts.late[source] = self.counts.late.get(source, 0) + late_count

    def _count_ages(self, source: str, tables: Slice, at: int) -> None:
        """Count how old the events are that have a time of their own: by the clock, and beside the newest event."""
        newest = self.buffer.newest(tables.values(), at + FUTURE_TOLERANCE_MS)
        for batch in tables.values():
            moments = occurred_at(batch)
            own = moments[moments != batch.column("observed_at").to_numpy()]
            if len(own):
                _add_to_buckets(self.counts.ages, source, (at - own) // 1_000)
                _add_to_buckets(self.counts.delays, source, (newest - own) // 1_000)

    def _detect(self, until: int, result: StepResult) -> None:
        due, repeats = self.buffer.release(until)
        self.counts.repeats += repeats
        self.counts.released += sum(batch.num_rows for batch in due.values())
        last = max((int(occurred_at(batch)[-1]) + 1 for batch in due.values()), default=EARLIEST_MS)
        # Beyond the newest event time is not known to have passed: waits of open calls do not end.
        result.findings.extend(self._sessions.feed(due, min(until, max(last, self.buffer.newest() + 1))))
        result.findings.extend(self._sessions.report())

    def save(self) -> None:
        """Write the snapshot atomically; it is on disk when this returns."""
        write_private_file(self.path, self.encode())

    def encode(self) -> bytes:
        """Return the content of the snapshot."""
        state = _Snapshot(
            __version__,
            self.step,
            self.is_finished,
            self.counts,
            self.positions,
            self.buffer.save(),
            self._sessions.save(),
            self.sources.state,
        )
        return encode_checked(state)
