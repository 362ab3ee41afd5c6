"""What survives when owner and standby both end: the state now and then, and the log from there on."""

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
from fanzha.screen.site.owner_state import Memory
from fanzha.store.private_files import write_private_file

REACH_SECONDS = 86_400.0  # of the log that is replayed where no state was kept
OVERLAP_SECONDS = 60.0


def keep(memory: Memory, path: Path) -> int:
    """Write the state by a forked process, which is returned: no call waits for it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the child only encodes and writes
        pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        write_private_file(path, memory.save())
        status = 0
    except BaseException:  # whatever it is, it must not go on as a second owner
        traceback.print_exc()
    finally:
        os._exit(status)


def recall(memory: Memory, path: Path, log: Path) -> int:
    """Go on from the state and the log behind it; return how many records were replayed. A broken state is none."""
    since = time.time() - REACH_SECONDS
    with contextlib.suppress(OSError, ValueError, msgspec.DecodeError):
        memory.restore(path.read_bytes())
        since = path.stat().st_mtime - OVERLAP_SECONDS
    replayed = 0
    for record in _records(log, since):
        if record.sequence > memory.log.sequence:
            memory.apply(record)
            replayed += 1
    return replayed


def _records(folder: Path, since: float) -> Iterator[Record]:
    """Yield the records of files that were written to lately; a line that a crash cut is passed over."""
    decode = msgspec.json.Decoder(Record).decode
    for path in sorted(folder.glob("*.jsonl")) if folder.is_dir() else ():
        if path.stat().st_mtime >= since:
            with path.open("rb") as file:
                for line in file:
                    with contextlib.suppress(msgspec.DecodeError):
                        yield decode(line)


REMEMBERED = 8 << 20  # bytes of lines; beyond, an owner's disk was too slow for it to be killed in good order
_TAIL = 1 << 20


class Behind(NamedTuple):
    """Whole lines that are missing on the disk, how many, and how many more are remembered by nobody."""

    lines: bytes
    records: int
    lost: int


class Unwritten:
    """Remembers the latest lines of the log that a standby follows."""

    def __init__(self) -> None:
        """Begin empty."""
        self._pieces: deque[bytes] = deque()
        self._bytes, self._rest = 0, b""

    def take(self, data: bytes) -> None:
        """Take what came, whatever its cuts."""
        whole, end, self._rest = (self._rest + data).rpartition(b"\n")
        if not end:
            return
        self._pieces.append(whole + end)
        self._bytes += len(whole) + 1
        while self._bytes > REMEMBERED and len(self._pieces) > 1:
            self._bytes -= len(self._pieces.popleft())

    def behind(self, sequence: int) -> Behind:
        """Return what came behind a record of the disk."""
        known = [(_number(line), line) for piece in self._pieces for line in piece.splitlines(keepends=True)]
        missing = [line for number, line in known if number > sequence]
        lost = max(0, known[0][0] - sequence - 1) if known else 0
        return Behind(b"".join(missing), len(missing), lost)


def last_written(folder: Path) -> int | None:
    """Return the number of the last whole record on the disk; None where the log is no folder or holds none."""
    files = sorted(folder.glob("????-??-??T??.jsonl"), reverse=True) if folder.is_dir() else []
    return next((number for path in files for number in _numbers_from_the_end(path)), None)


def _numbers_from_the_end(path: Path) -> Iterator[int]:
    decode = msgspec.json.Decoder(Record).decode
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
        *whole, _cut = file.read().split(b"\n")
    for line in reversed(whole):
        try:
            yield decode(line).sequence
        except msgspec.DecodeError:
            continue


def _number(line: bytes) -> int:
    return int(line[1 : line.index(b",")])
