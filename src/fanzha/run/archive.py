"""A backup is one file: a tar (zstandard) of all that is kept, ended by a manifest with the SHA-256 of each member."""

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import msgspec
import pyarrow as pa

from fanzha.base.errors import WrongCall

MANIFEST = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup says of itself."""

    format: int
    fanzha: str  # version of the program
    made_at: str
    database: str  # sqlite or postgresql
    keys: str  # encrypted, or plain
    migrations: tuple[tuple[str, str], ...]  # app and name of all that the database has seen
    members: dict[str, str]  # name -> SHA-256 in hex


class Writer:
    """Adds members, a file or bytes at a time, and remembers their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.hashes: dict[str, str] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a member."""
        self.add_stream(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as long as it is now: what is appended meanwhile is left for the next backup."""
        with path.open("rb") as file:
            self.add_stream(name, file, os.fstat(file.fileno()).st_size)

    def add_stream(self, name: str, data: IO[bytes], size: int) -> None:
        """Add so many bytes. Raises WrongCall when there are fewer."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = _Hashed(data, size)
        try:
            self._tar.addfile(info, cast(IO[bytes], hashed))
        except OSError as error:
            raise WrongCall(f"{name} could not be read to its end ({error})", fix="make the backup again") from None
        self.hashes[name] = hashed.seen.hexdigest()


class _Hashed:
    """A stream that is hashed while it is read, and is no longer than it was said to be."""

    def __init__(self, data: IO[bytes], size: int) -> None:
        self._data, self._left, self.seen = data, size, sha256()

    def read(self, size: int) -> bytes:
        block = self._data.read(min(size, self._left))
        self._left -= len(block)
        self.seen.update(block)
        return block


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write an archive of mode 600 beside its place; it is there when it is whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with (
            os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
            pa.CompressedOutputStream(file, "zstd") as packed,
            tarfile.open(fileobj=cast(IO[bytes], packed), mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar)
        with beside.open("rb") as written:
            os.fsync(written.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> Manifest:
    """Write all members below a folder that is empty, and check them. Raises WrongCall for a file that is not whole."""
    found: dict[str, str] = {}
    manifest = b""
    try:
        with (
            pa.input_stream(str(path), compression="zstd") as packed,
            tarfile.open(fileobj=cast(IO[bytes], packed), mode="r|") as tar,
        ):
            for info in tar:
                member = tar.extractfile(info) if info.isfile() else None
                if member is None:
                    raise WrongCall(f"{path}: {info.name} is no file", fix="take another backup")
                if info.name == MANIFEST:
                    manifest = member.read()
                else:
                    found[info.name] = _write(member, _inside(folder, info.name, path))
        told = msgspec.json.decode(manifest, type=Manifest)
    except (OSError, ValueError, tarfile.TarError, pa.ArrowException, msgspec.DecodeError) as error:
        raise WrongCall(f"{path} is no whole backup ({error})", fix="take another copy of it") from None
    return _checked(told, found, path)


def _inside(folder: Path, name: str, path: Path) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts:
        raise WrongCall(
            f"{path}: {name} leads out of the folder", fix="take another backup: this one was tampered with"
        )
    return folder / parts


def _write(member: IO[bytes], to: Path) -> str:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    seen = sha256()
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := member.read(_BLOCK):
            seen.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return seen.hexdigest()


def _checked(told: Manifest, found: dict[str, str], path: Path) -> Manifest:
    if told.format != FORMAT:
        raise WrongCall(f"{path} has format {told.format}, this program reads {FORMAT}", fix="restore it with its own")
    wrong = sorted(name for name in told.members.keys() | found if told.members.get(name) != found.get(name))
    if wrong:
        raise WrongCall(
            f"{path}: {len(wrong)} of its files are not what the manifest says, the first is {wrong[0]}",
            fix="take another copy of it",
        )
    return told


def encoded(manifest: Manifest) -> bytes:
    """Return the manifest as it stands in the archive."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hex: to be noted elsewhere, so that a copy can be told from another."""
    seen: Any = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            seen.update(block)
    return str(seen.hexdigest())
