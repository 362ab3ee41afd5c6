"""The file format of backups: a tar compressed with zstandard; its last member is a manifest with SHA-256 hashes."""

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

from fanzha.base.errors import UsageError

MANIFEST = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20


class BackupManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The manifest of a backup."""

    format: int
    fanzha: str  # version of the program
    made_at: str
    database: str  # sqlite or postgresql
    keys: str  # encrypted, or plain
    migrations: tuple[tuple[str, str], ...]  # app and name of the applied migrations
    members: dict[str, str]  # name -> SHA-256 in hex


class ArchiveWriter:
    """Adds members to an archive and records their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.hashes: dict[str, str] = {}

    def add_bytes(self, name: str, data: bytes) -> None:
        """Add a member from bytes."""
        self.add_stream(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file with its present length; bytes appended later are not included."""
        with path.open("rb") as file:
            self.add_stream(name, file, os.fstat(file.fileno()).st_size)

    def add_stream(self, name: str, data: IO[bytes], size: int) -> None:
        """Add `size` bytes of a stream. Raise UsageError if it holds fewer."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        reader = _HashingReader(data, size)
        try:
            self._tar.addfile(info, cast(IO[bytes], reader))
        except OSError as error:
            raise UsageError(f"{name} could not be read to its end ({error})", fix="make the backup again") from None
        self.hashes[name] = reader.state.hexdigest()


class _HashingReader:
    """A stream of at most `size` bytes that is hashed while it is read."""

    def __init__(self, data: IO[bytes], size: int) -> None:
        self._data, self._remaining, self.state = data, size, sha256()

    def read(self, size: int) -> bytes:
        block = self._data.read(min(size, self._remaining))
        self._remaining -= len(block)
        self.state.update(block)
        return block


@contextmanager
def create_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive of mode 600 to a temporary file beside `path`, and rename it when it is complete."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with (
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
            pa.CompressedOutputStream(file, "zstd") as stream,
            tarfile.open(fileobj=cast(IO[bytes], stream), mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield ArchiveWriter(tar)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> BackupManifest:
    """Extract all members into an empty folder and verify their hashes. Raise UsageError if the file is damaged."""
    hashes: dict[str, str] = {}
    manifest = b""
    try:
        with (
            pa.input_stream(str(path), compression="zstd") as stream,
            tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar,
        ):
            for info in tar:
                member = tar.extractfile(info) if info.isfile() else None
                if member is None:
                    raise UsageError(f"{path}: {info.name} is no file", fix="take another backup")
                if info.name == MANIFEST:
                    manifest = member.read()
                else:
                    hashes[info.name] = _extract_member(member, _member_path(folder, info.name, path))
        decoded = msgspec.json.decode(manifest, type=BackupManifest)
    except (OSError, ValueError, tarfile.TarError, pa.ArrowException, msgspec.DecodeError) as error:
        raise UsageError(f"{path} is no whole backup ({error})", fix="take another copy of it") from None
    return _check_members(decoded, hashes, path)


def _member_path(folder: Path, name: str, path: Path) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts:
        raise UsageError(
            f"{path}: {name} leads out of the folder", fix="take another backup: this one was tampered with"
        )
    return folder / parts


def _extract_member(member: IO[bytes], target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = sha256()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while block := member.read(_BLOCK):
            state.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return state.hexdigest()


def _check_members(manifest: BackupManifest, hashes: dict[str, str], path: Path) -> BackupManifest:
    if manifest.format != FORMAT:
        raise UsageError(
            f"{path} has format {manifest.format}, this program reads {FORMAT}", fix="restore it with its own"
        )
    differing = sorted(
        name for name in manifest.members.keys() | hashes if manifest.members.get(name) != hashes.get(name)
    )
    if differing:
        raise UsageError(
            f"{path}: {len(differing)} of its files are not what the manifest says, the first is {differing[0]}",
            fix="take another copy of it",
        )
    return manifest


def encode_manifest(manifest: BackupManifest) -> bytes:
    """Return the manifest as JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    state: Any = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            state.update(block)
    return str(state.hexdigest())
