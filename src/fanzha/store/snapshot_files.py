"""Read the files of a snapshots folder: `current` names a base and its deltas."""

import mmap
from pathlib import Path

import msgspec

from fanzha.base.errors import UsageError
from fanzha.claims.snapshot import DamagedSnapshot, SnapshotFile

POINTER = "current"


class NamedFile(msgspec.Struct, frozen=True):
    """A file by name and expected identity."""

    name: str
    identity: str


class CurrentSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The current snapshot. `confirmed_at` (UTC ms) is the last time the publisher confirmed it."""

    sequence: int
    base: NamedFile
    deltas: tuple[NamedFile, ...] = ()
    confirmed_at: int

    @property
    def files(self) -> tuple[NamedFile, ...]:
        """The base and its deltas, the oldest first."""
        return (self.base, *self.deltas)


def read_current(path: Path) -> CurrentSnapshot | None:
    """Return the current snapshot of a pointer file, or None if there is none. Raise UsageError if it is invalid."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=CurrentSnapshot)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(
            f"{path}: 无法读取 it cannot be read ({error})", fix="publish a base with `fanzha snapshot build`"
        ) from None


def map_file(path: Path) -> SnapshotFile:
    """Map a file into memory, read-only. Raise UsageError if it cannot be opened, Damaged if its head is invalid."""
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: 无法打开 it cannot be opened ({error})", fix="copy it again") from None
    return SnapshotFile(data, path.name)


def map_named_file(folder: Path, named: NamedFile) -> SnapshotFile:
    """Map a named file. Raise Damaged if its identity is not the expected one."""
    if Path(named.name).name != named.name:
        raise DamagedSnapshot(f"{named.name!r} is no name of a file in {folder}")
    file = map_file(folder / named.name)
    if file.identity != named.identity:
        raise DamagedSnapshot(f"{file.name}: 不是所指的文件 it is not the file that was published", fix="copy it again")
    return file
