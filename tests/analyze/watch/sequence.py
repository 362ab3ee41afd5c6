"""A detector whose findings depend on every event before, and files of events for it."""

import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from fanzha.analyze.watch.arrivals import WatchInput
from fanzha.analyze.watch.folder import FolderInput, FolderSettings
from fanzha.analyze.watch.line_output import FileOutput
from fanzha.analyze.watch.watcher import Watcher, WatchSettings
from fanzha.base.ids import digest
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.detect import Detector, Session

START_MS = 1_772_323_200_000
MAP = """
table = "call_offered"
source = "switch"
simulated = true
[columns]
event_id = "id"
caller = "caller"
callee = "callee"
[columns.occurred_at]
from = "at"
format = "epoch_ms"
"""
HEAD = "id,at,caller,callee\n"


class EveryThird(Session):
    """Counts events and chains their ids: one event lost, repeated or out of order changes all later findings."""

    def __init__(self, saved: bytes) -> None:
        state: tuple[int, str] = json.loads(saved) if saved else (0, "")
        self.count, self.chain = state

    def feed(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        rows = zip(batch.column("event_id").to_pylist(), batch.column("occurred_at").to_pylist(), strict=True)
        for event_id, moment in rows:
            self.count, self.chain = self.count + 1, digest(self.chain, event_id)
            if self.count % 3 == 0:
                yield chained(self.count, self.chain, int(moment or 0), str(event_id))

    def finish(self) -> Iterable[Finding]:
        yield chained(self.count, self.chain, START_MS, "end")

    def save(self) -> bytes:
        return json.dumps((self.count, self.chain)).encode()


def chained(count: int, chain: str, moment: int, event_id: str) -> Finding:
    """Return a finding that names the events so far."""
    return Finding(
        detector="every-third", version="1", subject_kind="trunk", subject=f"{count} {chain}", fraud_type="other",
        score=0.5, found_at=moment, valid_until=moment + 1, reasons_zh=(), reasons_en=(), public_zh="", public_en="",
        evidence="{}", event_ids=(event_id,), basis="ATF Art. 13", simulated=True,
    )  # fmt: skip


class EveryThirdDetector(Detector):
    """Finds something in every third event."""

    name = "every-third"
    version = "1"
    title = tells = Words("第三", "third")
    reads = ("call_offered",)
    law = ("ATF Art. 13",)
    examples = ()

    def open(self, saved: bytes = b"") -> Session:
        return EveryThird(saved)


def row(number: int, at_ms: int | None = None) -> str:
    """Return one line: a call a second, unless `at_ms` after the start is given."""
    moment = START_MS + (number * 1_000 if at_ms is None else at_ms)
    return f"e{number:06},{moment},+861700000{number % 7:04},+861701000{number % 11:04}\n"


def watcher(state: Path, out: Path, *, lateness_ms: int = 5_000, **settings: Any) -> Watcher:
    """Return continuous detection with this detector alone."""
    return Watcher(
        WatchSettings(state, lateness_ms, **settings),
        {"every-third": EveryThirdDetector()},
        [FileOutput(out, state / "findings.last")],
        [FileOutput(state / "alarms.jsonl", state / "alarms.last")],
    )


def folder_input(watching: Watcher, *paths: Path, waits: bool = False) -> FolderInput:
    """Return these files and folders as the input of continuous detection."""
    settings = FolderSettings(paths, watching.settings.folder, waits=waits)
    return FolderInput(settings, watching.detection.positions)


def run_once(state: Path, out: Path, *paths: Path, finishes: bool = False, lateness_ms: int = 5_000) -> Watcher:
    """Read what is in these files and folders, as `fanzha watch --once` does."""
    watching = watcher(state, out, ends=True, finishes=finishes, lateness_ms=lateness_ms)
    try:
        inputs: Sequence[WatchInput] = [folder_input(watching, *paths)]
        watching.run(inputs, threading.Event())
    finally:
        watching.close()
    return watching


def lines(out: Path) -> list[dict[str, Any]]:
    """Return the lines of an output file."""
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


def found(out: Path) -> list[str]:
    """Return what was found, in the order of the lines."""
    return [line["subject"] for line in lines(out)]
