"""The log of an owner: what it was told and what it decided, in the order that its windows counted it.

A record is one line of JSON: its number in the sequence, UTC ms, what it is, and the thing itself. Lines go to the
standby at once and to the disk by a thread of its own: a disk that is slow, full or gone never holds up a call. What
could not be written is counted and said, and the log goes on when the disk does.
"""

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from fanzha.base.clock import from_ms
from fanzha.store.private_files import create_private_folder

Sink = Callable[[bytes], None]
HOUR_MS = 3_600_000
OTHER = "other"  # a record of another site
_ENCODE = msgspec.json.Encoder().encode


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One line."""

    sequence: int
    at: int
    what: str  # call, fact, finding, other, begin
    body: Any


class Log:
    """Takes records; `flush` hands what has gathered to the sinks and to the writer."""

    def __init__(self, writer: "Writer", sequence: int = 0) -> None:
        """Go on behind a record of another process."""
        self.sequence, self._writer = sequence, writer
        self._gathered: list[bytes] = []
        self._own: list[bytes] = []
        self.sinks: list[Sink] = []  # get every line
        self.own_sinks: list[Sink] = []  # get what this site was told itself

    def append(self, at: int, what: str, body: Any) -> None:
        """Take one record in."""
        self.sequence += 1
        line = _ENCODE((self.sequence, at, what, body))
        self._gathered.append(line)
        if what != OTHER:
            self._own.append(line)

    def flush(self, at: int) -> None:
        """Hand over what has gathered."""
        if self._gathered:
            lines, count = _joined(self._gathered), len(self._gathered)
            for sink in tuple(self.sinks):
                sink(lines)
            if self._own and self.own_sinks:
                own = _joined(self._own)
                for sink in tuple(self.own_sinks):
                    sink(own)
            self._gathered.clear()
            self._own.clear()
            self._writer.put(at, lines, count)

    def close(self, at: int) -> None:
        """Hand over the rest and wait until it is written."""
        self.flush(at)
        self._writer.close()


def _joined(lines: list[bytes]) -> bytes:
    return b"\n".join(lines) + b"\n"


class Writer:
    """Writes lines to a file an hour, by a thread; holds so many records and no more while the disk is slow."""

    def __init__(self, folder: Path, *, waiting: int, days: int) -> None:
        """Write into a folder of mode 700; a path that is no folder (a device) is written to as it is."""
        self._folder, self._most, self._days = folder, waiting, days
        self._queue: queue.SimpleQueue[tuple[int, bytes, int] | None] = queue.SimpleQueue()
        self.waiting = 0
        self._lock = threading.Lock()
        self._hour, self._file = -1, -1
        self.written = self.lost = 0
        self.error = ""
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def put(self, at: int, lines: bytes, count: int) -> None:
        """Take lines to be written, or count them as lost where too many wait."""
        with self._lock:
            if self.waiting + count > self._most:
                self.lost += count
                self.error = self.error or "the disk is slow: too many records wait"
                return
            self.waiting += count
        self._queue.put((at, lines, count))

    def lose(self, count: int) -> None:
        """Count records that nobody can write any more."""
        with self._lock:
            self.lost += count

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._queue.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while (one := self._queue.get()) is not None:
            at, lines, count = one
            try:
                self._write(at, lines)
            except OSError as error:
                self.lost += count
                self.error = f"{error.filename or self._folder}: {error.strerror}"
                self._forget_file()
            else:
                self.written += count
                self.error = ""
            with self._lock:
                self.waiting -= count
        self._forget_file()

    def _write(self, at: int, lines: bytes) -> None:
        if self._file < 0 or at // HOUR_MS != self._hour:
            self._open(at)
        view = memoryview(lines)
        while view:
            view = view[os.write(self._file, view) :]

    def _open(self, at: int) -> None:
        self._forget_file()
        path = self._folder
        if not path.exists() or path.is_dir():
            create_private_folder(path)
            self._forget_days(at)
            path = path / f"{from_ms(at):%Y-%m-%dT%H}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        cut = path.is_file() and _ends_within_a_line(path)
        self._file, self._hour = os.open(path, flags, 0o600), at // HOUR_MS
        if cut:
            os.write(self._file, b"\n")

    def _forget_file(self) -> None:
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _forget_days(self, at: int) -> None:
        """Remove the hours that are kept no longer."""
        first = from_ms(at) - timedelta(days=self._days)
        for path in self._folder.glob("????-??-??T??.jsonl"):
            with contextlib.suppress(ValueError, FileNotFoundError):
                if datetime.strptime(path.stem, "%Y-%m-%dT%H").replace(tzinfo=UTC) < first:
                    path.unlink()


def _ends_within_a_line(path: Path) -> bool:
    """Say whether a crash cut the last line of a file."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        return size > 0 and file.seek(size - 1) >= 0 and file.read(1) != b"\n"


class Lines:
    """Puts a stream of bytes together into records, whatever its cuts."""

    def __init__(self) -> None:
        """Begin."""
        self._rest = b""
        self._decode = msgspec.json.Decoder(Record).decode

    def feed(self, data: bytes) -> Sequence[Record]:
        """Return the records that are whole now; raises msgspec.DecodeError on anything else."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [self._decode(line) for line in lines]
