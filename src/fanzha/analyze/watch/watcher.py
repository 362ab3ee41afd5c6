"""The loop of continuous detection: poll inputs, log a step, detect, write findings, write a snapshot now and then."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.watch.arrivals import Arrival, WatchInput
from fanzha.analyze.watch.detection import FUTURE_TOLERANCE_MS, StepResult, WatchCounts, WatchDetection
from fanzha.analyze.watch.line_output import FileOutput, LineOutput, LinePlace, OutputLine, alarm_line, finding_line
from fanzha.analyze.watch.reorder_buffer import to_bytes
from fanzha.analyze.watch.snapshot_process import SnapshotProcess
from fanzha.analyze.watch.status import write_status
from fanzha.analyze.watch.step_log import StepArrival, StepLog, WatchStep
from fanzha.base.clock import LATEST_MS
from fanzha.base.errors import UsageError
from fanzha.detect import Detector
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import Holders
from fanzha.store.private_files import create_private_folder, delete_abandoned_parts, write_private_file

STEP_ROWS = 65_536  # a step is closed when it has so many events
POLL_SECONDS = 0.1  # pause when nothing has arrived
MAX_PENDING = 4_000_000  # events that wait; beyond it they are released while files are still being read
RELEASE_FRACTION = 20  # released at most so many times within the allowed lateness, because each release sorts
SNAPSHOT_SECONDS = 60.0
SNAPSHOT_COST_FACTOR = 10  # the pause is at least so many times the duration of the last snapshot
STATUS_SECONDS = 5.0
LATE_NOTICE_SECONDS = 60.0
OBSERVE_SECONDS = 60.0  # a step is made at least so often, to notice sources that bring nothing
DOWN_MS, RUN_PAUSE_MS = 120_000, 3_600_000  # longer pauses between steps, or between jobs, were not observed


@dataclass(frozen=True)
class WatchSettings:
    """The settings of continuous detection; `lateness_ms` is how late an event may arrive after younger ones."""

    folder: Path
    lateness_ms: int
    remember_ms: int = 86_400_000
    ends: bool = False  # stop when everything that is there has been read
    finishes: bool = False  # then the input is complete: give out everything


@dataclass
class Watcher:
    """Continuous detection over inputs. Only one process uses a state folder."""

    settings: WatchSettings
    detectors: Mapping[str, Detector]
    outputs: Sequence[LineOutput]
    alarm_outputs: Sequence[LineOutput] = ()
    governance: Governance | None = None
    holders: Holders | None = None
    notify: Callable[[str], None] = lambda text: None
    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    is_changed: Callable[[], bool] = lambda: False
    detection: WatchDetection = field(init=False)

    def __post_init__(self) -> None:
        """Lock the state folder, load the snapshot, and apply the steps after it."""
        folder = create_private_folder(self.settings.folder)
        self._lock = _lock(folder)
        delete_abandoned_parts(folder)
        self._log = StepLog(folder / "log")
        self._rejects = FileOutput(folder / "rejects.jsonl", folder / "rejects.last")
        self.detection = WatchDetection(
            folder, self.detectors, self.governance, self.holders, remember_ms=self.settings.remember_ms
        )
        for step in self._log.read(self.detection.step):
            self._apply(step)
        if any(output.last.step > self.detection.step for output in (*self.outputs, *self.alarm_outputs)):
            self.close()
            raise UsageError(
                f"the output holds findings of a watch with another state than {folder} 输出中有另一状态目录的线索",
                fix="name another file with --out, or the --state that belongs to it 请用 --out 另指定文件",
            )
        if self.detection.is_finished:
            self.close()
            raise UsageError(
                f"{folder}: this watch was finished with --finish 该监测已用 --finish 结束",
                fix="name another folder with --state for new data 处理新数据请用 --state 另指定目录",
            )
        self._notified_problems: dict[str, str] = {}
        self._late_notified, self._late_notified_at = dict(self.detection.counts.late), -LATE_NOTICE_SECONDS
        self._partial_notified = False
        self._snapshot_at, self._snapshot_cost = time.monotonic(), 0.0
        self._snapshot: SnapshotProcess | None = None
        self._step_at = self._caught_up_at = time.monotonic()
        self._status_at = 0.0
        self._arrived_at = time.monotonic()

    def run(self, inputs: Sequence[WatchInput], stop: threading.Event) -> WatchCounts:
        """Follow the inputs until `stop` is set, rules or maps have changed, or all is read, if the settings say so."""
        while not stop.is_set() and not self.is_changed():
            arrivals = self._poll(inputs)
            is_caught_up = all(source.is_caught_up for source in inputs)
            is_over = is_caught_up and (self.settings.ends or all(source.is_ended for source in inputs))
            self._advance(arrivals, inputs, is_caught_up=is_caught_up, is_over=is_over and not arrivals)
            self._notify_problems(inputs)
            if is_over and not arrivals:
                break
            if not arrivals and is_caught_up:
                stop.wait(POLL_SECONDS)
        self.save()
        self._late_notified_at = -LATE_NOTICE_SECONDS
        self._notify_late()
        self._write_status()
        return self.detection.counts

    def save(self) -> None:
        """Write the snapshot and remove the steps that it holds."""
        if self._snapshot is not None:
            self._snapshot.stop()
            self._snapshot = None
        self.detection.save()
        self._log.remove(self.detection.step)

    def _save_beside(self) -> None:
        """Have snapshots written now and then by a copy of this process; remove the steps that they hold."""
        now = time.monotonic()
        if self._snapshot is not None:
            try:
                if self._snapshot.is_done():
                    self._log.remove(self._snapshot.step)
                    self._snapshot_cost, self._snapshot = now - self._snapshot_at, None
            except OSError as error:  # the log holds the steps; the next snapshot may succeed
                self._snapshot = None
                self.notify(str(error))
        elif now - self._snapshot_at > max(SNAPSHOT_SECONDS, SNAPSHOT_COST_FACTOR * self._snapshot_cost):
            self._snapshot_at = now
            detection = self.detection
            try:
                self._snapshot = SnapshotProcess(detection.path, detection.step, detection.encode)
            except OSError:  # no memory for a copy
                self.save()
                self._snapshot_cost = time.monotonic() - now

    def close(self) -> None:
        """Close the file of rejects and give the state folder free."""
        self._rejects.close()
        os.close(self._lock)

    def _poll(self, inputs: Sequence[WatchInput]) -> list[Arrival]:
        arrivals: list[Arrival] = []
        row_count = 0
        for source in inputs:
            if row_count < STEP_ROWS:
                polled = source.poll()
                arrivals += polled
                row_count += sum(arrival.row_count for arrival in polled)
        if arrivals:
            self._arrived_at = time.monotonic()
        return arrivals

    def _advance(
        self, arrivals: list[Arrival], inputs: Sequence[WatchInput], *, is_caught_up: bool, is_over: bool
    ) -> None:
        """Make a step of what arrived or is due for release, if there is any, and apply it."""
        at = self.now()
        release = self._release_moment(arrivals, at, is_caught_up=is_caught_up, is_over=is_over)
        finishes = is_over and self.settings.finishes
        observes = is_over or time.monotonic() - self._step_at > OBSERVE_SECONDS
        if is_caught_up:
            self._caught_up_at = time.monotonic()
        if arrivals or release is not None or observes:
            step = WatchStep(
                self.detection.step + 1,
                at,
                [
                    StepArrival(
                        arrival.source,
                        {table: to_bytes(batch) for table, batch in arrival.tables.items() if batch.num_rows},
                        arrival.rejects,
                    )
                    for arrival in arrivals
                    if arrival.tables or arrival.rejects
                ],
                {key: position for arrival in arrivals for key, position in arrival.positions.items()},
                [key for arrival in arrivals for key in arrival.removed],
                release,
                finishes,
                self._observed_ms(at),
            )
            self._step_at = time.monotonic()
            self._log.append(step)
            for source in inputs:
                source.acknowledge()
            self._apply(step)
            self._notify_late()
            self._report_partial_records()
        self._save_beside()
        if time.monotonic() - self._status_at > STATUS_SECONDS:
            self._write_status()

    def _observed_ms(self, at: int) -> int:
        """Return the milliseconds since the last step that read all input there was."""
        last = self.detection.sources.state.at
        if not last or time.monotonic() - self._caught_up_at > OBSERVE_SECONDS:
            return 0
        return max(0, min(at - last, RUN_PAUSE_MS if self.settings.ends else DOWN_MS))

    def _release_moment(self, arrivals: list[Arrival], at: int, *, is_caught_up: bool, is_over: bool) -> int | None:
        """Return the moment before which events are released now, or None.

        While files are being read nothing is released, since the next file may hold older events. The released moment
        is the newest event minus the allowed lateness; without arrivals it advances with the clock.
        """
        buffer, lateness = self.detection.buffer, self.settings.lateness_ms
        batches = (batch for arrival in arrivals for batch in arrival.tables.values())
        newest = buffer.newest(batches, at + FUTURE_TOLERANCE_MS)
        if is_over and self.settings.finishes:
            return LATEST_MS + 1
        if not is_caught_up and buffer.pending_count < MAX_PENDING:
            return None
        idle_ms = 0 if self.settings.ends else int(1_000 * (time.monotonic() - self._arrived_at))
        if is_over and not self.settings.ends:  # the sender closed the stream
            idle_ms = lateness
        release = newest + 1 - lateness + min(lateness, idle_ms)
        due = release - buffer.released_until
        is_due = due >= lateness // RELEASE_FRACTION or idle_ms >= lateness or is_over
        return release if due > 0 and is_due else None

    def _apply(self, step: WatchStep) -> None:
        """Apply a step to the state, then write what it yields; lines that were written before are skipped."""
        result = self.detection.apply(step)
        self._write_late(step, result)
        rejects = [reject for arrival in step.arrivals for reject in arrival.rejects]
        self._rejects.write(
            [
                OutputLine(
                    LinePlace(step.number, index),
                    msgspec.json.encode({"sequence": (step.number, index), **msgspec.to_builtins(reject)}),
                )
                for index, reject in enumerate(rejects)
            ]
        )
        lines = [finding_line(finding, LinePlace(step.number, index)) for index, finding in enumerate(result.findings)]
        for output in self.outputs:
            output.write(lines)
        self._write_alarms(step, result)

    def _write_alarms(self, step: WatchStep, result: StepResult) -> None:
        lines = [alarm_line(alarm, LinePlace(step.number, index)) for index, alarm in enumerate(result.alarms)]
        for line, alarm in zip(lines, result.alarms, strict=True):
            if any(line.place > output.last for output in self.alarm_outputs):
                self.notify(f"{alarm.sentence_zh} · {alarm.sentence_en}")
        for output in self.alarm_outputs:
            output.write(lines)

    def _write_late(self, step: WatchStep, result: StepResult) -> None:
        """Write late events to `late/`, one Parquet file for each step, source and table."""
        for number, (_, tables) in enumerate(result.late):
            for table, batch in tables.items():
                sink = pa.BufferOutputStream()
                pq.write_table(pa.Table.from_batches([batch]), sink)
                name = f"{step.number:012d}-{number}-{table}.parquet"
                write_private_file(self.settings.folder / "late" / name, memoryview(sink.getvalue()))

    def _notify_late(self) -> None:
        """Tell how many late events there were since the last time, at most once a minute."""
        if time.monotonic() - self._late_notified_at < LATE_NOTICE_SECONDS:
            return
        for source, count in self.detection.counts.late.items():
            if added := count - self._late_notified.get(source, 0):
                self._late_notified_at = time.monotonic()
                usual = self.detection.counts.suggest_lateness().get(source, 1)
                self.notify(
                    f"{source}：{added} 条事件迟于允许时限，未参与检测，存于 late/；迄今 99.9% 在 {usual} 秒内到达 · "
                    f"{source}: {added} events came later than is allowed; detection does not use them, they lie in "
                    f"late/; 99.9 % have come within {usual} s so far: see --lateness"
                )
        self._late_notified = dict(self.detection.counts.late)

    def _report_partial_records(self) -> None:
        """Tell once that there are partial records, which are not merged here."""
        if self.detection.counts.partial and not self._partial_notified:
            self._partial_notified = True
            self.notify(
                "部分话单：监测不合并，每条记录计一次通话；fanzha analyze 会合并 · there are partial records of long "
                "calls: they are not merged here, each counts as a call; fanzha analyze merges them"
            )

    def _notify_problems(self, inputs: Sequence[WatchInput]) -> None:
        problems = {name: words for source in inputs for name, words in source.list_problems().items()}
        for name, words in problems.items():
            if self._notified_problems.get(name) != words:
                self.notify(f"{name}: {words}")
        self._notified_problems = problems

    def _write_status(self) -> None:
        self._status_at = time.monotonic()
        write_status(self.settings.folder, self.detection, self.now(), self._notified_problems)


def _lock(folder: Path) -> int:
    """Lock a state folder until the process ends. Raise UsageError if another process holds it."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise UsageError(
            f"another fanzha watch uses {folder} 该目录已有监测进程", fix="stop it, or name another --state"
        ) from None
    return handle
