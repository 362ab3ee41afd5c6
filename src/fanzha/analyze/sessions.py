"""Run detectors over slices in time order; write findings and detector states together in checkpoints."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fanzha.analyze.event_order import Slice, decode_dictionaries
from fanzha.analyze.journal import Journal
from fanzha.analyze.stretch_files import StretchFiles
from fanzha.base.words import Words
from fanzha.claims import Finding, Mode
from fanzha.claims.finding import to_table
from fanzha.detect import Detector, Session, open_sessions
from fanzha.detect.rules.governance import Governance
from fanzha.kinds.phone_number import KIND, Holders
from fanzha.rules.history import HistoryStore

_LOG = logging.getLogger(__name__)

CHECKPOINT_SECONDS = 60.0  # minimum time between two checkpoints
FINDINGS_PER_PART = 2_000  # of those that come at the end
CHECKPOINT_COST_FACTOR = 20  # the pause is at least so many times the duration of the last checkpoint


class DetectorSessions:
    """The sessions of all detectors, fed with slices in time order; findings get their holder periods."""

    def __init__(
        self,
        detectors: Mapping[str, Detector],
        states: Mapping[str, bytes],
        governance: Governance | None = None,
        holders: Holders | None = None,
        *,
        store: HistoryStore | None = None,
    ) -> None:
        """Open the sessions, resumed from `states` by name; with a store, rules yield their findings at the end."""
        self._opened = open_sessions(detectors, states, governance, store)
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

    def feed_late(self, piece: Slice) -> None:
        """Feed events that exceeded the allowed lateness to the sessions that accept late events."""
        for table, batch in piece.items():
            ordered = batch.sort_by([("occurred_at", "ascending"), ("event_id", "ascending")])
            for opened in self._opened.values():
                if table in opened.reads:
                    opened.session.feed_late(table, ordered)

    def report(self) -> list[Finding]:
        """Return the findings that could still gain evidence but are due in continuous detection."""
        findings = [finding for opened in self._opened.values() for finding in opened.session.report()]
        return add_holder_periods(findings, self._holders)

    def finish(self) -> list[Finding]:
        """Return the findings that are certain only at the end of the input."""
        return [finding for findings in self.finish_in_parts() for finding in findings]

    def finish_in_parts(self) -> Iterator[list[Finding]]:
        """Yield the findings of `finish` in lists of bounded length."""
        findings = (finding for opened in self._opened.values() for finding in opened.session.finish())
        while part := list(islice(findings, FINDINGS_PER_PART)):
            yield add_holder_periods(part, self._holders)

    def notes(self) -> list[Words]:
        """Return messages for the operator, e.g. where a rule exceeded its budget."""
        return [words for opened in self._opened.values() for words in opened.session.notes()]

    def save(self) -> dict[str, bytes]:
        """Return the states of the sessions by name."""
        return dict(self.save_each())

    def save_each(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and state of one session after the other."""
        for name, opened in self._opened.items():
            yield name, opened.session.save()


class Checkpoint(msgspec.Struct):
    """The progress of detection: findings of the first `slices` slices are in `parts` files.

    `states` names the file of each session's state. States are files of their own because they may be large: encoding
    them within the record would hold several copies in memory at once.
    """

    slices: int = 0
    parts: int = 0
    states: dict[str, str] = {}
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
    stretches = StretchFiles(journal.subfolder("stretches"))
    sessions = DetectorSessions(
        detectors, _LazyStates(journal, checkpoint.states), governance, holders, store=stretches
    )
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
            states = _write_states(journal, number, sessions)
            checkpoint = _write_checkpoint(
                journal, Checkpoint(number, checkpoint.parts, states), findings, stretches.paths
            )
            last_checkpoint, findings = time.monotonic(), []
            cost = last_checkpoint - started
    parts = checkpoint.parts
    for part in sessions.finish_in_parts():
        parts += _write_findings(journal, parts, findings + part)
        findings = []
    notes = sessions.notes()
    final = Checkpoint(number, parts, {}, done=True, notes=[(words.zh, words.en) for words in notes])
    _write_checkpoint(journal, final, findings)
    stretches.truncate(0)
    return notes


class _LazyStates(Mapping[str, bytes]):
    """The states of a checkpoint by session; each is read when it is asked for, so that one is in memory at a time."""

    def __init__(self, journal: Journal, files: Mapping[str, str]) -> None:
        self._journal, self._files = journal, files

    def __getitem__(self, name: str) -> bytes:
        return self._journal.path("states", self._files[name]).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _write_states(journal: Journal, number: int, sessions: DetectorSessions) -> dict[str, str]:
    """Write the state of each session to a file; return the names of the files."""
    files: dict[str, str] = {}
    for name, state in sessions.save_each():
        files[name] = f"{number:08d}-{len(files):04d}.state"
        journal.path("states", files[name]).write_bytes(state)
    return files


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


def _write_checkpoint(
    journal: Journal, checkpoint: Checkpoint, findings: list[Finding], stored: Sequence[Path] = ()
) -> Checkpoint:
    """Write the findings, then the checkpoint that counts them: a crash in between rewrites the same part.

    `stored` are further files that the states rely on.
    """
    checkpoint.parts += _write_findings(journal, checkpoint.parts, findings)
    _LOG.debug("checkpoint after %d slices: %d findings since the last", checkpoint.slices, len(findings))
    files = [*stored, *(journal.path("states", name) for name in checkpoint.states.values())]
    files += [_findings_path(journal, part) for part in range(checkpoint.parts)]
    journal.record("detected", checkpoint, files)
    for old in journal.subfolder("states").iterdir():
        if old.name not in checkpoint.states.values():
            old.unlink()
    return checkpoint


def _write_findings(journal: Journal, part: int, findings: list[Finding]) -> int:
    """Write findings as the file of a part; return the number of files written, 0 or 1."""
    if findings:
        path = _findings_path(journal, part)
        pq.write_table(to_table(findings), path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
    return int(bool(findings))


def _findings_path(journal: Journal, part: int) -> Path:
    return journal.path("findings", f"{part:06d}.parquet")


def keep_strongest(findings: Sequence[Finding]) -> list[Finding]:
    """Return of findings with one id the strongest, as `merge_findings` does; the order stays.

    Rules of one detector give the same id where they fire for one subject and fraud type at the same event.
    """
    strongest: dict[str, int] = {}
    for index, finding in enumerate(findings):
        other = strongest.setdefault(finding.finding_id, index)
        if _strength(finding) < _strength(findings[other]):
            strongest[finding.finding_id] = index
    return [findings[index] for index in sorted(strongest.values())]


def _strength(finding: Finding) -> tuple[bool, float, int, str]:
    return finding.mode is not Mode.LIVE, -finding.score, finding.found_at, finding.evidence


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
