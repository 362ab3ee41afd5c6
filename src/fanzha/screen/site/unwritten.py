"""What a killed owner handed to its standby and had not written: the standby writes it, and counts what it lacks."""

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from fanzha.screen.log import Record

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
