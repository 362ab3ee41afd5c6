"""Decisions as the command plane hands them to screens: `decisions/*.jsonl` in the state folder.

They stand beside what a snapshot is built from, so that whoever builds one from files loses none. Each writer has a
file of its own: a line is a decision that was given, under the id of what ordered it, or the withdrawal of one. Lines
are appended and flushed; a file that has grown is put in order by a rename. A withdrawn id is not given a second time:
what is sent twice or overtaken does no harm.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import msgspec

from fanzha.base.errors import WrongCall
from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import FOREVER
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

SubjectKey = tuple[str, str]  # kind and canonical value
#: So many bytes before where one stopped tell whether it is still the same file.
_TAIL = 256


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is said of one id: given, or (without `given`) withdrawn. `until` is when nobody need know any more."""

    id: str
    given: Opinion | None = None
    until: int = FOREVER


_decode = msgspec.json.Decoder(DecisionRecord).decode
_lock = Lock()
_files: dict[Path, "_RecordFile"] = {}


def read_records(path: Path) -> dict[str, DecisionRecord]:
    """Return what is said last of each id, but nothing after a withdrawal. WrongCall names a line that is wrong."""
    with _lock:
        return dict(_read_file(path).records)


def find_decisions(path: Path, subjects: Iterable[SubjectKey]) -> list[Opinion]:
    """Return what was given on things and not withdrawn. WrongCall names a line that is wrong."""
    with _lock:
        file = _read_file(path)
        records = [
            file.records[record_id] for subject in subjects for record_id in file.ids_by_subject.get(subject, ())
        ]
    return [record.given for record in records if record.given]


class _RecordFile:
    """What was read of a file, and how far."""

    def __init__(self) -> None:
        self.records: dict[str, DecisionRecord] = {}
        self.ids_by_subject: dict[SubjectKey, dict[str, None]] = {}
        self.position, self.number, self.tail, self.stat = 0, 0, b"", (0, 0, 0)

    def is_prefix_of(self, file: BinaryIO) -> bool:
        """Say whether a file still begins with what was read of it; one that was put in order does not."""
        file.seek(self.position - len(self.tail))
        return file.read(len(self.tail)) == self.tail

    def read_new_lines(self, path: Path, data: bytes) -> None:
        """Take in what stands behind the position; the beginning of a line that nobody was told of is left out."""
        data = data[: data.rfind(b"\n") + 1]
        for number, line in enumerate(data.splitlines(), start=self.number + 1):
            try:
                self._apply(_decode(line))
            except msgspec.DecodeError as error:
                raise WrongCall(f"{path}, line {number}: {error}", fix="restore the file from its copy") from None
            self.number = number
        self.position += len(data)
        self.tail = (self.tail + data)[-_TAIL:]

    def _apply(self, record: DecisionRecord) -> None:
        previous = self.records.get(record.id)
        if previous is not None and previous.given is None:
            return
        if previous is not None and previous.given is not None:
            del self.ids_by_subject[_subject_key(previous.given)][record.id]
        if record.given is not None:
            self.ids_by_subject.setdefault(_subject_key(record.given), {})[record.id] = None
        self.records[record.id] = record


def _subject_key(opinion: Opinion) -> SubjectKey:
    return opinion.subject_kind, opinion.subject


def _read_file(path: Path) -> _RecordFile:
    record_file = _files.pop(path, None) or _RecordFile()  # whoever fails midway leaves nothing
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            current_stat = (status.st_ino, status.st_size, status.st_mtime_ns)
            if record_file.stat != current_stat:
                record_file = record_file if record_file.is_prefix_of(file) else _RecordFile()
                file.seek(record_file.position)
                record_file.read_new_lines(path, file.read())
                record_file.stat = current_stat
    except FileNotFoundError:
        return _RecordFile()
    _files[path] = record_file
    return record_file


def select_active(records: Mapping[str, DecisionRecord]) -> dict[str, Opinion]:
    """Return what is given and not withdrawn, by id."""
    return {record.id: record.given for record in records.values() if record.given}


#: A file is put in order when it is so large, and twice as large as it was when that was done last.
LARGE_BYTES = 4_194_304

_encode = msgspec.json.Encoder().encode


class DecisionLog:
    """The file of one writer; one process writes at a time, any number read."""

    def __init__(self, folder: Path | None = None, name: str = "command") -> None:
        """Use `decisions/<name>.jsonl` below the state folder."""
        self.path = (folder or state_folder()) / "decisions" / f"{name}.jsonl"
        self._compacted_bytes = 0  # bytes when it was last put in order

    def add(self, decisions: Mapping[str, Opinion], *, at: int) -> None:
        """Keep decisions under their ids, on the disk when this returns; raises ValueError for what is none."""
        if invalid := [record_id for record_id in decisions.values() if not record_id.decision]:
            raise ValueError(f"an opinion of {invalid[0].organisation} is no decision")
        self._append(
            [
                DecisionRecord(id=record_id, given=opinion, until=opinion.until)
                for record_id, opinion in decisions.items()
            ],
            at,
        )

    def withdraw(self, ids: Iterable[str], *, at: int) -> None:
        """Let decisions hold no more, on the disk when this returns; ids that nobody gave yet never will be."""
        active = self.read_active()
        self._append(
            [
                DecisionRecord(id=record_id, until=active[record_id].until if record_id in active else FOREVER)
                for record_id in ids
            ],
            at,
        )

    def read_active(self) -> dict[str, Opinion]:
        """Return what was given and not withdrawn, by id; what has ended too. WrongCall names a line that is wrong."""
        return select_active(read_records(self.path))

    def _append(self, records: Iterable[DecisionRecord], at: int) -> None:
        data = b"".join(_encode(record) + b"\n" for record in records)
        with lock_folder(self.path.parent):
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
                _truncate_partial_line(file)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                size = file.tell()
            if size > max(LARGE_BYTES, 2 * self._compacted_bytes):
                self._compact(at)

    def _compact(self, at: int) -> None:
        """Leave one line of each id, and none of those that are over at a moment (UTC ms)."""
        data = b"".join(_encode(record) + b"\n" for record in read_records(self.path).values() if at < record.until)
        write_private_file(self.path, data)
        self._compacted_bytes = len(data)


def read_active_decisions(folder: Path | None = None) -> Iterator[Opinion]:
    """Yield what stands of all writers."""
    for path in _paths(folder):
        yield from select_active(read_records(path)).values()


def find_active_decisions(subjects: Collection[SubjectKey], folder: Path | None = None) -> Iterator[Opinion]:
    """Yield what stands of all writers on some things; what is asked again and again reads new lines only."""
    for path in _paths(folder):
        yield from find_decisions(path, subjects)


def _paths(folder: Path | None) -> list[Path]:
    return sorted(((folder or state_folder()) / "decisions").glob("*.jsonl"))


def _truncate_partial_line(file: BinaryIO) -> None:
    """Stand behind the last whole line: what a process was writing when it died was promised to nobody."""
    end = file.seek(0, os.SEEK_END)
    if end and (file.seek(end - 1), file.read(1))[1] != b"\n":
        file.seek(0)
        end = file.read().rfind(b"\n") + 1
    file.truncate(end)
    file.seek(end)
