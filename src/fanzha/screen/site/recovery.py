"""Recover after a crash: periodic state, log replay, and log lines that a killed owner had not written."""

import contextlib
import os
import time
import traceback
import warnings
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.screen.event_log import Record
from fanzha.screen.site.owner_state import OwnerState
from fanzha.screen.site.priority import lower_own
from fanzha.store.private_files import write_private_file

MAX_REPLAY_SECONDS = 86_400.0  # of the log that is replayed without a saved state
OVERLAP_SECONDS = 60.0


def save_state(state: OwnerState, path: Path) -> int:
    """Write the state in a forked process, so that no call waits; return its pid."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the child only encodes and writes
        pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        lower_own()
        write_private_file(path, state.save())
        status = 0
    except BaseException:  # the fork must never continue as a second owner
        traceback.print_exc()
    finally:
        os._exit(status)


def restore_state(state: OwnerState, path: Path, log: Path) -> int:
    """Load the saved state and replay the log after it; return the number of replayed records.

    An unreadable state counts as none.
    """
    since = time.time() - MAX_REPLAY_SECONDS
    with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
        state.restore(path.read_bytes())
        since = path.stat().st_mtime - OVERLAP_SECONDS
    replayed = 0
    for record in _records(log, since):
        if record.sequence > state.log.sequence:
            state.apply(record)
            replayed += 1
    return replayed


def _records(folder: Path, since: float) -> Iterator[Record]:
    """Yield the records of recently written files; skip truncated lines."""
    decode = msgspec.json.Decoder(Record).decode
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        if path.stat().st_mtime >= since:
            with path.open("rb") as file:
                for line in file:
                    with contextlib.suppress(msgspec.DecodeError):
                        yield decode(line)


MAX_BYTES = 8 << 20  # bytes of lines kept for a takeover
_TAIL = 1 << 20
_LONGEST_CATCH_UP = 64 << 20  # bytes of one file; a second standby is behind by some seconds
_MAX_FILES = 3  # of an hour each


class MissingRecords(NamedTuple):
    """Complete lines missing on disk, their number, and how many more are lost."""

    lines: bytes
    records: int
    lost: int


class RecentLines:
    """The latest lines of the log that a standby follows."""

    def __init__(self) -> None:
        """Begin empty."""
        self._chunks: deque[bytes] = deque()
        self._bytes, self._partial = 0, b""

    def add(self, data: bytes) -> None:
        """Add received bytes, split at arbitrary points."""
        whole, end, self._partial = (self._partial + data).rpartition(b"\n")
        if not end:
            return
        self._chunks.append(whole + end)
        self._bytes += len(whole) + 1
        while self._bytes > MAX_BYTES and len(self._chunks) > 1:
            self._bytes -= len(self._chunks.popleft())

    def drop_partial(self) -> None:
        """Forget the beginning of a line whose end was never received, before lines of another owner."""
        self._partial = b""

    def missing_after(self, sequence: int) -> MissingRecords:
        """Return the lines after the last record on disk."""
        lines = [(_sequence(line), line) for chunk in self._chunks for line in chunk.splitlines(keepends=True)]
        missing = [line for number, line in lines if number > sequence]
        lost = max(0, lines[0][0] - sequence - 1) if lines else 0
        return MissingRecords(b"".join(missing), len(missing), lost)


def last_written_sequence(folder: Path) -> int | None:
    """Return the sequence number of the last complete record on disk; None without one."""
    return next((record.sequence for path in _files_backwards(folder) for record in _records_backwards(path)), None)


def read_records_after(folder: Path, sequence: int) -> list[Record]:
    """Return the records on disk after a sequence number, oldest first, as far as the ends of the files reach."""
    found = list[Record]()
    for path in _files_backwards(folder):
        for record in _records_backwards(path, _LONGEST_CATCH_UP):
            if record.sequence <= sequence:
                return found[::-1]
            found.append(record)
    return found[::-1]


def _files_backwards(folder: Path) -> list[Path]:
    return sorted(folder.glob("????-??-??T??.jsonl"), reverse=True)[:_MAX_FILES] if folder.is_dir() else []


def _records_backwards(path: Path, most_bytes: int = _TAIL) -> Iterator[Record]:
    """Yield the complete records at the end of a file, the last one first."""
    decode = msgspec.json.Decoder(Record).decode
    with path.open("rb") as file:
        end, begin = file.seek(0, os.SEEK_END), b""
        for stop in range(end, max(0, end - most_bytes), -_TAIL):
            start = max(0, stop - _TAIL)
            file.seek(start)
            begin, *lines = (file.read(stop - start) + begin).split(b"\n")
            if stop == end and lines:
                lines.pop()  # not ended
            for line in reversed([begin, *lines] if start == 0 else lines):
                with contextlib.suppress(msgspec.DecodeError):
                    yield decode(line)


def _sequence(line: bytes) -> int:
    return int(line[1 : line.index(b",")])
