"""Log of decisions from the command plane to the screens: `decisions/*.jsonl` in the state folder.

The log is an input of every snapshot build. Each writer has its own file. A line is a decision, with the id of its
order, or the withdrawal of a decision. Lines are appended and flushed. A large file is compacted and replaced by a
rename. A withdrawn id cannot become active again, so repeated and late lines have no effect.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from typing import BinaryIO

import msgspec

from fanzha.base.errors import UsageError
from fanzha.claims.opinion import Opinion
from fanzha.claims.verdict import FOREVER
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

SubjectKey = tuple[str, str]  # kind and canonical value
#: The number of bytes before the last position that are compared to detect a replaced file.
_TAIL = 256


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line: the decision of an id, or (without `given`) its withdrawal. The line can be dropped after `until`."""

    id: str
    given: Opinion | None = None
    until: int = FOREVER


_decode = msgspec.json.Decoder(DecisionRecord).decode
_lock = Lock()
_files: dict[Path, "_RecordFile"] = {}


def read_records(path: Path) -> dict[str, DecisionRecord]:
    """Return the last line of each id; a withdrawal is final. Raise UsageError with the number of an invalid line."""
    with _lock:
        return dict(_read_file(path).records)


def find_decisions(path: Path, subjects: Iterable[SubjectKey]) -> list[Opinion]:
    """Return the active decisions on subjects. Raise UsageError with the number of an invalid line."""
    with _lock:
        file = _read_file(path)
        records = [
            file.records[record_id] for subject in subjects for record_id in file.ids_by_subject.get(subject, ())
        ]
    return [record.given for record in records if record.given]


class _RecordFile:
    """The decoded lines of a file, and the position up to which it was read."""

    def __init__(self) -> None:
        self.records: dict[str, DecisionRecord] = {}
        self.ids_by_subject: dict[SubjectKey, dict[str, None]] = {}
        self.position, self.number, self.tail, self.stat = 0, 0, b"", (0, 0, 0)

    def is_prefix_of(self, file: BinaryIO) -> bool:
        """Return whether the file still begins with the lines read so far. A compacted file does not."""
        file.seek(self.position - len(self.tail))
        return file.read(len(self.tail)) == self.tail

    def read_new_lines(self, path: Path, data: bytes) -> None:
        """Decode the complete lines after the position. An incomplete last line is left for the next call."""
        data = data[: data.rfind(b"\n") + 1]
        for number, line in enumerate(data.splitlines(), start=self.number + 1):
            try:
                self._apply(_decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise UsageError(f"{path}, line {number}: {error}", fix="restore the file from its copy") from None
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
    record_file = _files.pop(path, None) or _RecordFile()  # after an error the whole file is read again
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
    """Return the active decisions, by id."""
    return {record.id: record.given for record in records.values() if record.given}


#: A file is compacted when it has this size and is twice as large as after the last compaction.
LARGE_BYTES = 4_194_304

_encode = msgspec.json.Encoder().encode


class DecisionLog:
    """The log file of one writer. One process writes at a time; any number can read."""

    def __init__(self, folder: Path | None = None, name: str = "command") -> None:
        """Use `decisions/<name>.jsonl` below the state folder."""
        self.path = (folder or state_folder()) / "decisions" / f"{name}.jsonl"
        self._compacted_bytes = 0  # size after the last compaction

    def add(self, decisions: Mapping[str, Opinion], *, at: int) -> None:
        """Append decisions by id, and flush them to disk. Raise ValueError for an opinion that is no decision."""
        if invalid := [record_id for record_id in decisions.values() if not record_id.decision]:
            raise ValueError(f"an opinion of {invalid[0].organization} is no decision")
        self._append(
            [
                DecisionRecord(id=record_id, given=opinion, until=opinion.until)
                for record_id, opinion in decisions.items()
            ],
            at,
        )

    def withdraw(self, ids: Iterable[str], *, at: int) -> None:
        """Withdraw decisions by id, and flush to disk. Ids without a decision can no longer get one."""
        active = self.read_active()
        self._append(
            [
                DecisionRecord(id=record_id, until=active[record_id].until if record_id in active else FOREVER)
                for record_id in ids
            ],
            at,
        )

    def read_active(self) -> dict[str, Opinion]:
        """Return decisions that were not withdrawn, by id, also expired ones. Raise UsageError for an invalid line."""
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
        """Keep the last line of each id, and drop those that expired before `at` (UTC ms)."""
        data = b"".join(_encode(record) + b"\n" for record in read_records(self.path).values() if at < record.until)
        write_private_file(self.path, data)
        self._compacted_bytes = len(data)


def read_active_decisions(folder: Path | None = None) -> Iterator[Opinion]:
    """Yield the active decisions of all writers."""
    for path in _paths(folder):
        yield from select_active(read_records(path)).values()


def find_active_decisions(subjects: Collection[SubjectKey], folder: Path | None = None) -> Iterator[Opinion]:
    """Yield the active decisions of all writers on some subjects. Repeated calls only read new lines."""
    for path in _paths(folder):
        yield from find_decisions(path, subjects)


def _paths(folder: Path | None) -> list[Path]:
    return sorted(((folder or state_folder()) / "decisions").glob("*.jsonl"))


def _truncate_partial_line(file: BinaryIO) -> None:
    """Seek to the end, and remove an incomplete last line, which a process left when it died."""
    end = file.seek(0, os.SEEK_END)
    if end and (file.seek(end - 1), file.read(1))[1] != b"\n":
        file.seek(0)
        end = file.read().rfind(b"\n") + 1
    file.truncate(end)
    file.seek(end)
