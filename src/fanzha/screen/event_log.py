"""The append-only log of an owner process: facts and decisions in the order in which windows counted them.

A record is one line of JSON: sequence number, UTC ms, type, body. Lines go to the standby at once. A thread writes them
to disk, so a slow or full disk never delays a call. Records that cannot be written are counted and reported.
"""

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from fanzha.base.clock import from_ms
from fanzha.store.private_files import create_private_folder

LineSink = Callable[[bytes], None]
HOUR_MS = 3_600_000
#: The names of log files. They sort in the order in which the files were written.
LOG_FILES = "????-??-??T??*.jsonl"
#: Expired files stay until the log has so many newer ones: a clock that stepped forward must not delete the log.
MIN_NEWER_FILES = 24
OTHER_SITE = "other"  # type of a record from another site
_ENCODE = msgspec.json.Encoder().encode


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One line of the log."""

    sequence: int
    at: int
    what: str  # call, fact, finding, registrations, warning, other, begin
    body: Any


class EventLog:
    """Buffers records; `flush` passes them to the sinks and the writer."""

    def __init__(self, writer: "LogWriter", sequence: int = 0) -> None:
        """Continue after sequence number `sequence`."""
        self.sequence, self._writer = sequence, writer
        self._pending: list[bytes] = []
        self._own_pending: list[bytes] = []
        self.sinks: list[LineSink] = []  # receive every line
        self.own_sinks: list[LineSink] = []  # receive only records of this site

    def append(self, at: int, what: str, body: Any) -> None:
        """Buffer one record."""
        self.sequence += 1
        line = _ENCODE((self.sequence, at, what, body))
        self._pending.append(line)
        if what != OTHER_SITE:
            self._own_pending.append(line)

    def flush(self, at: int) -> None:
        """Pass the buffered records on."""
        if self._pending:
            lines, count = _join_lines(self._pending), len(self._pending)
            for sink in tuple(self.sinks):
                sink(lines)
            if self._own_pending and self.own_sinks:
                own = _join_lines(self._own_pending)
                for sink in tuple(self.own_sinks):
                    sink(own)
            self._pending.clear()
            self._own_pending.clear()
            self._writer.enqueue(at, lines, count)

    def close(self, at: int) -> None:
        """Flush and wait until everything is written."""
        self.flush(at)
        self._writer.close()


def _join_lines(lines: list[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n"


class LogWriter:
    """Writes lines to one file an hour in a thread; bounds how many records wait."""

    def __init__(self, folder: Path, *, waiting: int, days: int) -> None:
        """Write into a folder of mode 700; write directly to a path that is a device."""
        self._folder, self._max_waiting, self._days = folder, waiting, days
        self._queue: queue.SimpleQueue[tuple[int, bytes, int] | None] = queue.SimpleQueue()
        self.waiting = 0
        self._lock = threading.Lock()
        self._hour, self._file = -1, -1
        self.written = self.lost = 0
        self.error = ""
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def enqueue(self, at: int, lines: bytes, count: int) -> None:
        """Queue lines, or count them as lost if too many wait."""
        with self._lock:
            if self.waiting + count > self._max_waiting:
                self.lost += count
                self.error = self.error or "the disk is slow: too many records wait"
                return
            self.waiting += count
        self._queue.put((at, lines, count))

    def count_lost(self, count: int) -> None:
        """Count records that cannot be written any more."""
        with self._lock:
            self.lost += count

    def close(self) -> None:
        """Write the queued lines and end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (batch := self._queue.get()) is not None:
            at, lines, count = batch
            try:
                self._write(at, lines)
            except OSError as error:
                self.lost += count
                self.error = f"{error.filename or self._folder}: {error.strerror}"
                self._close_file()
            else:
                self.written += count
                self.error = ""
            with self._lock:
                self.waiting -= count
        self._close_file()

    def _write(self, at: int, lines: bytes) -> None:
        if self._file < 0 or at // HOUR_MS != self._hour:
            self._open(at)
        view = memoryview(lines)
        while view:
            view = view[os.write(self._file, view) :]

    def _open(self, at: int) -> None:
        self._close_file()
        path = self._folder
        if not path.exists() or path.is_dir():
            create_private_folder(path)
            self._delete_expired(at)
            path = path / file_name(self._folder, at)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        cut = path.is_file() and _ends_mid_line(path)
        self._file, self._hour = os.open(path, flags, 0o600), at // HOUR_MS
        if cut:
            os.write(self._file, b"\n")

    def _close_file(self) -> None:
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _delete_expired(self, at: int) -> None:
        """Delete files older than the retention period, if the log went on for a day after them."""
        first = f"{from_ms(at) - timedelta(days=self._days):%Y-%m-%dT%H}"
        files = sorted(self._folder.glob(LOG_FILES))
        expired = [path for path in files if _hour_written(path.stem) < first]
        if len(files) - len(expired) < MIN_NEWER_FILES:
            return
        for path in expired:
            with contextlib.suppress(FileNotFoundError):
                path.unlink()


def file_name(folder: Path, at: int) -> str:
    """Return the name of the file for records written at a time (UTC ms): its hour, `2026-03-01T12.jsonl`.

    While the clock is behind the newest file, the name is that file's hour, a number and the hour by the clock,
    `2026-03-01T12_00001_2026-03-01T11.jsonl`, so that names sort in the order of writing.
    """
    hour = f"{from_ms(at):%Y-%m-%dT%H}"
    newest = max((path.stem for path in folder.glob(LOG_FILES)), default="")
    if hour > newest[: len(hour)]:
        return f"{hour}.jsonl"
    if _hour_written(newest) == hour:
        return f"{newest}.jsonl"
    number = int(newest.split("_")[1]) + 1 if "_" in newest else 1
    return f"{newest[: len(hour)]}_{number:05}_{hour}.jsonl"


def _hour_written(stem: str) -> str:
    """Return the hour by the clock in the name of a file."""
    return stem.rpartition("_")[2]


def _ends_mid_line(path: Path) -> bool:
    """Return whether a crash truncated the last line of a file."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        return size > 0 and file.seek(size - 1) >= 0 and file.read(1) != b"\n"


class RecordDecoder:
    """Decodes records from a byte stream split at arbitrary points."""

    def __init__(self) -> None:
        """Begin without partial data."""
        self._partial = b""
        self._decode = msgspec.json.Decoder(Record).decode

    def feed(self, data: bytes) -> Sequence[Record]:
        """Return the complete records; raise msgspec.DecodeError for invalid data."""
        *lines, self._partial = (self._partial + data).split(b"\n")
        return [self._decode(line) for line in lines]
