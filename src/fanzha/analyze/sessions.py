"""Run detectors over slices in time order; write findings and detector states together in checkpoints."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.event_order import Slice, decode_dictionaries
from fanzha.analyze.journal import Journal
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.claims.finding import to_table
from fanzha.detect import Detector, Session, open_sessions
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import KIND, Holders

_LOG = logging.getLogger(__name__)

CHECKPOINT_SECONDS = 60.0  # minimum time between two checkpoints
CHECKPOINT_COST_FACTOR = 20  # the pause is at least so many times the duration of the last checkpoint


class DetectorSessions:
    """The sessions of all detectors, fed with slices in time order; findings get their holder periods."""

    def __init__(
        self,
        detectors: Mapping[str, Detector],
        states: Mapping[str, bytes],
        governance: Governance | None = None,
        holders: Holders | None = None,
    ) -> None:
        """Open the sessions, resumed from `states` by name."""
        self._opened = open_sessions(detectors, states, governance)
        self._holders = holders

    def feed(self, piece: Slice, until: int) -> list[Finding]:
        """Feed a slice and return the findings that are certain once every event before `until` (UTC ms) is fed."""
        findings: list[Finding] = []
        for table, batch in piece.items():
            sessions = [opened.session for opened in self._opened.values() if table in opened.reads]
            findings += _feed(table, batch, sessions)
        for opened in self._opened.values():
            findings += opened.session.settle(until)
        return add_holder_periods(findings, self._holders)

    def report(self) -> list[Finding]:
        """Return the findings that could still gain evidence but are due in continuous detection."""
        findings = [finding for opened in self._opened.values() for finding in opened.session.report()]
        return add_holder_periods(findings, self._holders)

    def finish(self) -> list[Finding]:
        """Return the findings that are certain only at the end of the input."""
        findings = [finding for opened in self._opened.values() for finding in opened.session.finish()]
        return add_holder_periods(findings, self._holders)

    def notes(self) -> list[Words]:
        """Return messages for the operator, e.g. where a rule exceeded its budget."""
        return [words for opened in self._opened.values() for words in opened.session.notes()]

    def save(self) -> dict[str, bytes]:
        """Return the states of the sessions by name."""
        return {name: opened.session.save() for name, opened in self._opened.items()}


class Checkpoint(msgspec.Struct):
    """The progress of detection: findings of the first `slices` slices are in `parts` files; detector states."""

    slices: int = 0
    parts: int = 0
    states: dict[str, bytes] = {}
    done: bool = False
    notes: list[tuple[str, str]] = []


def detect(
    slices: Iterator[Slice],
    detectors: Mapping[str, Detector],
    journal: Journal,
    advance: Callable[[int], None] = lambda rows: None,
    governance: Governance | None = None,
    holders: Holders | None = None,
) -> list[Words]:
    """Feed every slice to the detectors that read its tables; findings go to `<journal>/findings/*.parquet`.

    Return notes for the operator, e.g. where a rule exceeded its budget.
    """
    checkpoint = _recall_checkpoint(journal)
    if checkpoint.done:
        return [Words(*words) for words in checkpoint.notes]
    sessions = DetectorSessions(detectors, checkpoint.states, governance, holders)
    findings: list[Finding] = []
    last_checkpoint, number, cost = time.monotonic(), 0, 0.0
    for number, piece in enumerate(slices, start=1):
        if number > checkpoint.slices:
            findings += sessions.feed(piece, _last_moment(piece))
        advance(sum(batch.num_rows for batch in piece.values()))
        if number > checkpoint.slices and time.monotonic() - last_checkpoint > max(
            CHECKPOINT_SECONDS, CHECKPOINT_COST_FACTOR * cost
        ):
            started = time.monotonic()
            checkpoint = _write_checkpoint(journal, Checkpoint(number, checkpoint.parts, sessions.save()), findings)
            last_checkpoint, findings = time.monotonic(), []
            cost = last_checkpoint - started
    findings += sessions.finish()
    notes = sessions.notes()
    final = Checkpoint(number, checkpoint.parts, {}, done=True, notes=[(words.zh, words.en) for words in notes])
    _write_checkpoint(journal, final, findings)
    return notes


def _recall_checkpoint(journal: Journal) -> Checkpoint:
    """Return the last checkpoint; if there is no intact one, remove the findings of the run so far."""
    checkpoint = journal.recall("detected", Checkpoint)
    if checkpoint is None:
        for path in journal.subfolder("findings").iterdir():
            path.unlink()
    return checkpoint or Checkpoint()


def _feed(table: str, batch: pa.RecordBatch, sessions: list[Session]) -> Iterator[Finding]:
    """Feed a batch to detector sessions; decode dictionary columns for sessions that do not accept them."""
    decoded = batch if all(session.accepts_dictionaries for session in sessions) else decode_dictionaries(batch)
    for session in sessions:
        yield from session.feed(table, batch if session.accepts_dictionaries else decoded)


def _last_moment(piece: Slice) -> int:
    """Return the latest `occurred_at` of a slice; the next slice may hold more events of that moment."""
    return max(int(batch.column("occurred_at")[-1].as_py()) for batch in piece.values())


def _write_checkpoint(journal: Journal, checkpoint: Checkpoint, findings: list[Finding]) -> Checkpoint:
    """Write the findings, then the checkpoint that counts them: a crash in between rewrites the same part."""
    if findings:
        path = _findings_path(journal, checkpoint.parts)
        pq.write_table(to_table(findings), path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
        checkpoint.parts += 1
    _LOG.debug("checkpoint after %d slices: %d findings since the last", checkpoint.slices, len(findings))
    journal.record("detected", checkpoint, (_findings_path(journal, part) for part in range(checkpoint.parts)))
    return checkpoint


def _findings_path(journal: Journal, part: int) -> Path:
    return journal.path("findings", f"{part:06d}.parquet")


def add_holder_periods(findings: Sequence[Finding], holders: Holders | None) -> list[Finding]:
    """Return the findings with `holder_from` where the holder of the number at `found_at` is known."""
    indices = [
        index
        for index, finding in enumerate(findings)
        if finding.subject_kind == KIND.name and finding.holder_from is None
    ]
    completed = list(findings)
    if holders is None or not indices:
        return completed
    numbers = pa.array([findings[index].subject for index in indices], pa.string())
    moments = np.array([findings[index].found_at for index in indices], np.int64)
    for index, holder_from in zip(indices, holders.holder_from(numbers, moments).to_pylist(), strict=True):
        if holder_from is not None:
            completed[index] = msgspec.structs.replace(findings[index], holder_from=holder_from)
    return completed
