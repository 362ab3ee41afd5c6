"""Outputs of continuous detection: each line is written once, also if the process is killed between two writes."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from fanzha.analyze.watch.source_monitor import SourceAlarm
from fanzha.base.errors import UsageError
from fanzha.claims import Finding
from fanzha.store.private_files import write_private_file

_BLOCK = 1 << 16


class LinePlace(NamedTuple):
    """The place of a line in the sequence of all lines: its step, and its number within the step from 0."""

    step: int
    number: int


START = LinePlace(0, -1)


class OutputLine(NamedTuple):
    """One line of JSON without its line end."""

    place: LinePlace
    data: bytes


class LineOutput(Protocol):
    """Something that lines are written to, in their order."""

    @property
    def last(self) -> LinePlace:
        """The last line that was written, by this process or one before it."""

    def write(self, lines: Sequence[OutputLine]) -> None:
        """Write lines; those that are not after `last` are skipped."""

    def close(self) -> None:
        """Release the file or connection."""


class PlacedLine(msgspec.Struct):
    """The part of a written line that holds its place: number of the step, and number of the line in the step."""

    sequence: tuple[int, int]


class FileOutput:
    """A file that lines are appended to. Its last whole line holds the place of the last line written.

    The file `record` holds the same place, in case the lines were moved away.
    """

    def __init__(self, path: Path, record: Path) -> None:
        """Open a file for writing and remove a half-written last line. Raise UsageError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UsageError(f"{path}: cannot be written ({error.strerror})", fix="name another --out") from None
        if not stat.S_ISREG(os.fstat(self._file).st_mode):
            os.close(self._file)
            raise UsageError(f"{path} is no regular file", fix="name a file with --out, or leave it out for a pipe")
        self._path, self._record = path, record
        end, last_line = _last_line(self._file)
        self._last = max(self._place_of(last_line), _read_record(record))
        if end == 0:
            self._check_only_line(os.pread(self._file, _BLOCK, 0))
        os.ftruncate(self._file, end)

    def _place_of(self, line: bytes) -> LinePlace:
        if not line:
            return START
        try:
            return LinePlace(*msgspec.json.decode(line, type=PlacedLine).sequence)
        except msgspec.DecodeError:
            raise self._foreign() from None

    def _check_only_line(self, data: bytes) -> None:
        """Raise UsageError if a file without a whole line begins otherwise than the lines written here."""
        begin = data.rstrip(b"\0")  # a power cut may leave zeros
        if not any(start[: len(begin)] == begin[: len(start)] for start in _LINE_STARTS):
            raise self._foreign()

    def _foreign(self) -> UsageError:
        return UsageError(f"{self._path} holds lines that are not of fanzha watch", fix="name another file with --out")

    @property
    def last(self) -> LinePlace:
        """The last line that was written."""
        return self._last

    def write(self, lines: Sequence[OutputLine]) -> None:
        """Append the lines after `last` and flush them to disk."""
        remaining = [line for line in lines if line.place > self._last]
        if not remaining:
            return
        _write_lines(self._file, remaining)
        os.fdatasync(self._file)
        self._last = remaining[-1].place
        _write_record(self._record, self._last)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


class PipeOutput:
    """A pipe or terminal. The place of the last line written is recorded in a file of the state folder.

    A kill between writing and recording repeats the lines of one step, with the same `sequence` and `finding_id`.
    """

    def __init__(self, handle: int, record: Path) -> None:
        self._handle, self._record = handle, record
        self._last = _read_record(record)

    @property
    def last(self) -> LinePlace:
        """The last line that was recorded as written."""
        return self._last

    def write(self, lines: Sequence[OutputLine]) -> None:
        """Write the lines after `last`, then record it."""
        remaining = [line for line in lines if line.place > self._last]
        if not remaining:
            return
        _write_lines(self._handle, remaining)
        self._last = remaining[-1].place
        _write_record(self._record, self._last)

    def close(self) -> None:
        """Do nothing: the handle belongs to the process."""


class SpoolOutput:
    """The site's spool of findings, in the folder of the organisation that owns them.

    A file has the name of its step, so that the site ingests it once, also if it is written again.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder, self._prefix = folder, prefix

    @property
    def last(self) -> LinePlace:
        """Always the start: writing a file again does no harm."""
        return START

    def write(self, lines: Sequence[OutputLine]) -> None:
        """Write the findings among the lines of one step as one file."""
        findings = [line for line in lines if line.data.startswith(_FINDING_START)]
        if findings:
            name = f"{self._prefix}-{findings[0].place.step:012d}.jsonl"
            write_private_file(self._folder / name, b"".join(line.data + b"\n" for line in findings))

    def close(self) -> None:
        """Do nothing: no file stays open."""


def output_of_stdout(record: Path) -> LineOutput:
    """Return the output for standard output: a regular file is read back, anything else has a record."""
    if stat.S_ISREG(os.fstat(1).st_mode):
        with suppress(UsageError):  # it holds other lines too
            return FileOutput(Path(os.readlink("/proc/self/fd/1")), record)
    return PipeOutput(1, record)


_FINDING_START = b'{"type":"finding"'
_LINE_STARTS = (_FINDING_START, b'{"type":"alarm"', b'{"sequence":')


def finding_line(finding: Finding, place: LinePlace) -> OutputLine:
    """Return a finding as a line: `type`, `sequence`, `finding_id`, `maturity`, `role` and its other fields."""
    fields: dict[str, Any] = {
        "type": "finding",
        "sequence": place,
        "finding_id": finding.finding_id,
        "maturity": finding.maturity,
        **msgspec.to_builtins(finding),
        "role": finding.role,
    }
    return OutputLine(place, msgspec.json.encode(fields))


def alarm_line(alarm: SourceAlarm, place: LinePlace) -> OutputLine:
    """Return an alarm about a source as a line: `type`, `sequence` and its fields."""
    return OutputLine(place, msgspec.json.encode({"type": "alarm", "sequence": place, **msgspec.to_builtins(alarm)}))


def _write_lines(handle: int, lines: Sequence[OutputLine]) -> None:
    view = memoryview(b"".join(line.data + b"\n" for line in lines))
    while view:
        view = view[os.write(handle, view) :]


def _read_record(path: Path) -> LinePlace:
    return LinePlace(*msgspec.json.decode(path.read_bytes(), type=tuple[int, int])) if path.exists() else START


def _write_record(path: Path, place: LinePlace) -> None:
    write_private_file(path, msgspec.json.encode(place))


def _last_line(file: int) -> tuple[int, bytes]:
    """Return the end of the last whole line of a file, and that line without its line end."""
    end = os.fstat(file).st_size
    data = b""
    begin = end
    while begin > 0 and data.rstrip(b"\n").count(b"\n") < 2:
        size = min(_BLOCK, begin)
        begin -= size
        data = os.pread(file, size, begin) + data
    whole = data.rfind(b"\n") + 1
    return begin + whole, data[:whole].rstrip(b"\n").rpartition(b"\n")[2]
