"""Run detectors over slices in time order, and keep findings and states together so that a stop loses nothing."""

import time
from collections.abc import Callable, Iterator, Mapping

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.held import held
from fanzha.analyze.journal import Journal
from fanzha.analyze.order import Slice, written_out
from fanzha.base.words import Words
from fanzha.claims import Finding
from fanzha.claims.finding import to_table
from fanzha.detect import Detector, open_sessions
from fanzha.detect._detector import Session
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import Holders

CHECKPOINT_SECONDS = 60.0  # between two checkpoints, at least,
TIMES_ITS_COST = 20  # and so many times what the last one took: windows of a day of calls take seconds to write


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
    point = journal.recall("detected", Checkpoint) or Checkpoint()
    if point.done:
        return [Words(*words) for words in point.notes]
    opened = open_sessions(detectors, point.states, governance)
    found: list[Finding] = []
    last, number, took = time.monotonic(), 0, 0.0
    for number, piece in enumerate(slices, start=1):
        if number > point.slices:
            for table, batch in piece.items():
                found += _fed(table, batch, [one.session for one in opened.values() if table in one.reads])
            for one in opened.values():
                found += one.session.settle(_last_moment(piece))
        advance(sum(batch.num_rows for batch in piece.values()))
        if number > point.slices and time.monotonic() - last > max(CHECKPOINT_SECONDS, TIMES_ITS_COST * took):
            began = time.monotonic()
            states = {name: one.session.save() for name, one in opened.items()}
            point = _keep(journal, Checkpoint(number, point.parts, states), held(found, holders))
            last, found = time.monotonic(), []
            took = last - began
    for one in opened.values():
        found += one.session.finish()
    notes = [words for one in opened.values() for words in one.session.notes()]
    over = Checkpoint(number, point.parts, {}, done=True, notes=[(words.zh, words.en) for words in notes])
    _keep(journal, over, held(found, holders))
    return notes


def _fed(table: str, batch: pa.RecordBatch, sessions: list[Session]) -> Iterator[Finding]:
    """Feed a batch to those who read it, written out for those who take no dictionaries."""
    text = batch if all(session.accepts_dictionaries for session in sessions) else written_out(batch)
    for session in sessions:
        yield from session.feed(table, batch if session.accepts_dictionaries else text)


def _last_moment(piece: Slice) -> int:
    """Return the moment up to which a slice holds every event; more of that very moment may follow."""
    return max(int(batch.column("occurred_at")[-1].as_py()) for batch in piece.values())


def _keep(journal: Journal, point: Checkpoint, found: list[Finding]) -> Checkpoint:
    """Write the findings first, then the point that counts them: a crash between the two writes the same part again."""
    if found:
        path = journal.path("findings", f"{point.parts:06d}.parquet")
        pq.write_table(to_table(found), path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
        point.parts += 1
    journal.record("detected", point)
    return point
