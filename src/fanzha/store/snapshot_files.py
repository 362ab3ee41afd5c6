"""Read the files of a snapshots folder: `current` names a base and its deltas.

Publishers map files (`map_file`). Screens read them into sealed memory (`load_file`), because a mapped file that is
truncated in place ends every process that reads from it (SIGBUS), and one that is overwritten changes after its check.
"""

import fcntl
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from fanzha.base.errors import FanzhaError, UsageError
from fanzha.claims.snapshot import DamagedSnapshot, SnapshotFile, check, check_succession

POINTER = "current"
_COPY_BYTES = 4 << 20
_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


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
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
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


def load_file(path: Path) -> SnapshotFile:
    """Read a file into sealed memory. Raise UsageError if it cannot be read, Damaged if its head is invalid."""
    try:
        with path.open("rb") as file:
            data = read_sealed(file)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: 无法读取 it cannot be read ({error})", fix="copy it again") from None
    return SnapshotFile(data, path.name)


def read_sealed(file: BinaryIO) -> memoryview:
    """Return a read-only copy of a file that no process can change any more.

    The copy is a memfd sealed against writing, growing and shrinking (memfd_create(2)); where the system has none, it
    is ordinary memory of this process. Raise ValueError for an empty file.
    """
    try:
        descriptor = os.memfd_create("fanzha-snapshot", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except (AttributeError, OSError):
        return memoryview(file.read())
    try:
        while chunk := file.read(_COPY_BYTES):
            unwritten = memoryview(chunk)
            while unwritten:
                unwritten = unwritten[os.write(descriptor, unwritten) :]
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        # Private, because Linux before 6.7 refuses a shared mapping of sealed memory.
        return memoryview(mmap.mmap(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ))
    finally:
        os.close(descriptor)


def map_named_file(folder: Path, named: NamedFile) -> SnapshotFile:
    """Map a named file. Raise Damaged if its identity is not the expected one."""
    return _require_identity(map_file(_path(folder, named)), named)


def load_named_file(folder: Path, named: NamedFile) -> SnapshotFile:
    """Read a named file into sealed memory. Raise Damaged if its identity is not the expected one."""
    return _require_identity(load_file(_path(folder, named)), named)


def _path(folder: Path, named: NamedFile) -> Path:
    if Path(named.name).name != named.name:
        raise DamagedSnapshot(f"{named.name!r} is no name of a file in {folder}")
    return folder / named.name


def _require_identity(file: SnapshotFile, named: NamedFile) -> SnapshotFile:
    if file.identity != named.identity:
        raise DamagedSnapshot(f"{file.name}: 不是所指的文件 it is not the file that was published", fix="copy it again")
    return file


class RecoveredSnapshot(NamedTuple):
    """A snapshot found without `current`: what `current` would say, and the verified files, the base first."""

    current: CurrentSnapshot
    files: list[SnapshotFile]


def recover_snapshots(folder: Path) -> Iterator[RecoveredSnapshot]:
    """Yield what each intact base of a folder makes with its intact deltas, the newest base first.

    Every byte is verified. `confirmed_at` is the time at which the newest file was made.
    """
    deltas = _intact_files(sorted(folder.glob("delta-*.snapshot")))
    for path in sorted(folder.glob("base-*.snapshot"), reverse=True):
        for base in _intact_files([path]).values():
            files = [base, *_longest_chain(base, deltas)]
            names = [NamedFile(file.name, file.identity) for file in files]
            head = files[-1].head
            current = CurrentSnapshot(
                sequence=head.sequence, base=names[0], deltas=tuple(names[1:]), confirmed_at=head.created_at
            )
            yield RecoveredSnapshot(current, files)


def last_named_sequence(folder: Path) -> int:
    """Return the highest sequence number in the name of a file, 0 without files."""
    numbers = [path.name.split("-")[1] for path in folder.glob("*-*.snapshot")]
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _intact_files(paths: Sequence[Path]) -> dict[str, SnapshotFile]:
    """Return the files that are complete and consistent, by identity."""
    files = {}
    for path in paths:
        with suppress(FanzhaError, OSError):
            file = load_file(path)
            check(file)
            files[file.identity] = file
    return files


def _longest_chain(base: SnapshotFile, deltas: Mapping[str, SnapshotFile]) -> list[SnapshotFile]:
    """Return the deltas, oldest first, that lead from the base to its newest reachable delta."""
    for newest in sorted(deltas.values(), key=lambda delta: delta.head.sequence, reverse=True):
        chain = [newest]
        while chain[0].head.before != base.identity and chain[0].head.before in deltas:
            chain.insert(0, deltas[chain[0].head.before])
        with suppress(DamagedSnapshot):
            for before, delta in zip((base, *chain), chain, strict=False):
                check_succession(delta, base, before)
            return chain
    return []
