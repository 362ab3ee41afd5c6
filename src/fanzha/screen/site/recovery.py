"""Recover after a crash: periodic state, log replay, and log lines that a killed owner had not written."""

import contextlib
import os
import sys
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.screen.event_log import LOG_FILES, Record
from fanzha.screen.site.owner_state import OwnerState
from fanzha.screen.site.priority import lower_own
from fanzha.store.private_files import write_private_file

MAX_REPLAY_MS = 86_400_000  # of the log that is replayed without a saved state
_MAGIC = b"fanzha-state-1\n"
_DIGEST_BYTES = 32


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
        data = state.save()
        write_private_file(path, _MAGIC + sha256(data).digest() + data)
        status = 0
    except OSError as error:  # the log has everything that the state has
        print(f"state not saved 状态未能保存: {path}: {error.strerror}", file=sys.stderr, flush=True)
    except BaseException:  # the fork must never continue as a second owner
        traceback.print_exc()
    finally:
        os._exit(status)


def restore_state(state: OwnerState, path: Path, log: Path, report: Callable[[str], None] = lambda text: None) -> int:
    """Load the saved state and replay the log after it; return the number of replayed records.

    A damaged state is reported and counts as none: the log of the last day is replayed.
    """
    days_ms: int | None = MAX_REPLAY_MS
    try:
        state.restore(_read_state(path))
        days_ms = None
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:  # DecodeError is a ValueError
        report(
            f"{path}: the saved state cannot be used ({error}); the log of the last day is counted again, and longer "
            "windows warm up anew 保存的状态不可用，已重放最近一天的日志，更长的窗口重新积累"
        )
    replayed = 0
    for record in _records(log, state.log.sequence, days_ms):
        if record.sequence > state.log.sequence:
            state.apply(record)
            replayed += 1
    return replayed


def _read_state(path: Path) -> bytes:
    """Return a saved state. Raise ValueError if its digest is wrong; the state of an earlier version has none."""
    data = path.read_bytes()
    if not data.startswith(_MAGIC):
        return data
    start = len(_MAGIC) + _DIGEST_BYTES
    if sha256(data[start:]).digest() != data[len(_MAGIC) : start]:
        raise ValueError("it is damaged")
    return data[start:]


def _records(folder: Path, after: int, days_ms: int | None) -> Iterator[Record]:
    """Yield the records after a sequence number, oldest first; with `days_ms` only files of that time before the last.

    The names of the files and their sequence numbers have the same order, also if the clock stepped back. Truncated
    lines are skipped.
    """
    files, first_at = list[Path](), None
    for path in sorted(folder.glob(LOG_FILES), reverse=True) if folder.is_dir() else ():
        last = next(_records_backwards(path), None)
        if last is None:
            continue
        if first_at is None and days_ms is not None:
            first_at = last.at - days_ms
        if last.sequence <= after or (first_at is not None and last.at < first_at):
            break
        files.append(path)
    for path in reversed(files):
        yield from _read_file(path)


def _read_file(path: Path) -> Iterator[Record]:
    decode = msgspec.json.Decoder(Record).decode
    with path.open("rb") as file:
        for line in file:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
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
    return sorted(folder.glob(LOG_FILES), reverse=True)[:_MAX_FILES] if folder.is_dir() else []


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
                with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
                    yield decode(line)


def _sequence(line: bytes) -> int:
    return int(line[1 : line.index(b",")])
