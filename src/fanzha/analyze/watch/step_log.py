"""The log of steps: what arrived, and up to which moment it is released, on disk before detection sees it.

Detection from a snapshot and the steps after it gives the same result even if the inputs have changed.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from fanzha.analyze.watch.arrivals import InputPosition
from fanzha.base.errors import FanzhaError
from fanzha.read import Reject
from fanzha.store.private_files import create_private_folder, write_private_file

T = TypeVar("T")


class DamagedState(FanzhaError):
    """A file of the state folder is damaged (exit 1)."""

    exit_code = 1

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is damaged 状态文件已损坏",
            fix="restore it from a backup, or read the inputs anew with another --state 从备份恢复，或另指定 --state",
        )


class StepArrival(msgspec.Struct, array_like=True):
    """The events of one input in a step, as Arrow IPC streams by table, and its rejects."""

    source: str
    tables: dict[str, bytes]
    rejects: tuple[Reject, ...] = ()


class WatchStep(msgspec.Struct, array_like=True):
    """One step. `release` is the moment (UTC ms) before which events are released after it; None: none are."""

    number: int
    at: int  # UTC ms, when the step was made
    arrivals: list[StepArrival] = []
    positions: dict[str, InputPosition] = {}
    removed: list[str] = []  # keys of positions that are not needed any more
    release: int | None = None
    finishes: bool = False  # the input is complete: the detectors give out all they have
    observed_ms: int = 0  # time since the last step in which the sources were followed


class StepLog:
    """Steps as files of a folder, written atomically and flushed to disk."""

    def __init__(self, folder: Path) -> None:
        """Open the log in a folder; create the folder if it is missing."""
        self._folder = create_private_folder(folder)

    def append(self, step: WatchStep) -> None:
        """Write a step; it is on disk when this returns."""
        write_private_file(self._path(step.number), encode_checked(step))

    def read(self, after: int) -> Iterator[WatchStep]:
        """Yield the steps after a number, in order. Raise DamagedState."""
        for path in sorted(self._folder.glob("*.step")):
            if int(path.stem) > after:
                yield decode_checked(path, WatchStep)

    def remove(self, until: int) -> None:
        """Remove the steps up to a number."""
        for path in self._folder.glob("*.step"):
            if int(path.stem) <= until:
                path.unlink()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:012d}.step"


def encode_checked(value: object) -> bytes:
    """Return a value as MessagePack, after its checksum."""
    data = msgspec.msgpack.encode(value)
    return b"%08x" % zlib.crc32(data) + data


def decode_checked(path: Path, type_: type[T]) -> T:
    """Return the value that `encode_checked` encoded. Raise DamagedState."""
    data = path.read_bytes()
    if data[:8] != b"%08x" % zlib.crc32(data[8:]):
        raise DamagedState(path)
    return msgspec.msgpack.decode(data[8:], type=type_)
