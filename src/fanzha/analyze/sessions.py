"""Run detectors over slices in time order, and keep findings and states together so that a stop loses nothing."""

import time
from collections.abc import Callable, Iterator, Mapping

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.event_order import Slice, decode_dictionaries
from fanzha.analyze.held import add_holder_periods
from fanzha.analyze.journal import Journal
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.claims.finding import to_table
from fanzha.detect import Detector, open_sessions
from fanzha.detect._detector import Session
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import Holders

CHECKPOINT_SECONDS = 60.0  # between two checkpoints, at least,
CHECKPOINT_COST_FACTOR = 20  # and so many times what the last one took: windows of a day of calls take seconds to write


class Checkpoint(msgspec.Struct):
    """How far detection has come: everything before `slices` is in the parts, and `states` is what is remembered."""

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

    Returns what the operator has to know of the run: where a rule went over its budget.
    """
    checkpoint = journal.recall("detected", Checkpoint) or Checkpoint()
    if checkpoint.done:
        return [Words(*words) for words in checkpoint.notes]
    opened = open_sessions(detectors, checkpoint.states, governance)
    findings: list[Finding] = []
    last_checkpoint, number, cost = time.monotonic(), 0, 0.0
    for number, piece in enumerate(slices, start=1):
        if number > checkpoint.slices:
            for table, batch in piece.items():
                findings += _feed(
                    table,
                    batch,
                    [opened_session.session for opened_session in opened.values() if table in opened_session.reads],
                )
            for opened_session in opened.values():
                findings += opened_session.session.settle(_last_moment(piece))
        advance(sum(batch.num_rows for batch in piece.values()))
        if number > checkpoint.slices and time.monotonic() - last_checkpoint > max(
            CHECKPOINT_SECONDS, CHECKPOINT_COST_FACTOR * cost
        ):
            started = time.monotonic()
            states = {name: opened_session.session.save() for name, opened_session in opened.items()}
            checkpoint = _write_checkpoint(
                journal, Checkpoint(number, checkpoint.parts, states), add_holder_periods(findings, holders)
            )
            last_checkpoint, findings = time.monotonic(), []
            cost = last_checkpoint - started
    for opened_session in opened.values():
        findings += opened_session.session.finish()
    notes = [words for opened_session in opened.values() for words in opened_session.session.notes()]
    final = Checkpoint(number, checkpoint.parts, {}, done=True, notes=[(words.zh, words.en) for words in notes])
    _write_checkpoint(journal, final, add_holder_periods(findings, holders))
    return notes


def _feed(table: str, batch: pa.RecordBatch, sessions: list[Session]) -> Iterator[Finding]:
    """Feed a batch to those who read it, written out for those who take no dictionaries."""
    decoded = batch if all(session.accepts_dictionaries for session in sessions) else decode_dictionaries(batch)
    for session in sessions:
        yield from session.feed(table, batch if session.accepts_dictionaries else decoded)


def _last_moment(piece: Slice) -> int:
    """Return the moment up to which a slice holds every event; more of that very moment may follow."""
    return max(int(batch.column("occurred_at")[-1].as_py()) for batch in piece.values())


def _write_checkpoint(journal: Journal, checkpoint: Checkpoint, findings: list[Finding]) -> Checkpoint:
    """Write the findings first, then the point that counts them: a crash between the two writes the same part again."""
    if findings:
        path = journal.path("findings", f"{checkpoint.parts:06d}.parquet")
        pq.write_table(to_table(findings), path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
        checkpoint.parts += 1
    journal.record("detected", checkpoint)
    return checkpoint
