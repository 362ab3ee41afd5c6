"""The contents of backups: a tar compressed with zstandard; its last member is a manifest with SHA-256 hashes.

`backup_encryption` describes the container around it; backups of version 0.1.0 have none.
"""

import errno
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import msgspec
import pyarrow as pa

from fanzha.base.errors import UsageError
from fanzha.run.backup_encryption import EncryptedWriter
from fanzha.run.backup_keys import ArchiveKey
from fanzha.store.private_files import flush_folder

MANIFEST = "manifest.json"
FORMAT = 2
LEGACY_FORMAT = 1  # version 0.1.0
_BLOCK = 1 << 20


class BackupManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The manifest of a backup."""

    format: int
    fanzha: str  # version of the program
    made_at: str
    database: str  # sqlite or postgresql
    keys: str  # included or "left out"; in the legacy format encrypted or plain
    migrations: tuple[tuple[str, str], ...]  # app and name of the applied migrations
    members: dict[str, str]  # name -> SHA-256 in hex


class ArchiveWriter:
    """Adds members to an archive and records their hashes; `advance` is called with the bytes that were read."""

    def __init__(self, tar: tarfile.TarFile, advance: Callable[[int], None]) -> None:
        self._tar = tar
        self._advance = advance
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
        reader = _HashingReader(data, size, self._advance)
        try:
            self._tar.addfile(info, cast(IO[bytes], reader))
        except OSError as error:
            raise UsageError(
                f"{name}: 未能读完 could not be read to its end ({error})", fix="请重新备份 make the backup again"
            ) from None
        self.hashes[name] = reader.state.hexdigest()


class _HashingReader:
    """A stream of at most `size` bytes that is hashed while it is read."""

    def __init__(self, data: IO[bytes], size: int, advance: Callable[[int], None]) -> None:
        self._data, self._remaining, self._advance, self.state = data, size, advance, sha256()

    def read(self, size: int) -> bytes:
        block = self._data.read(min(size, self._remaining))
        self._remaining -= len(block)
        self.state.update(block)
        self._advance(len(block))
        return block


@contextmanager
def create_archive(
    path: Path, key: ArchiveKey, advance: Callable[[int], None] = lambda size: None
) -> Iterator[ArchiveWriter]:
    """Write an archive of mode 600 to a temporary file beside `path`, and rename it when it is complete and on disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with (
                pa.CompressedOutputStream(EncryptedWriter(file, key), "zstd") as stream,
                tarfile.open(fileobj=cast(IO[bytes], stream), mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield ArchiveWriter(tar, advance)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        flush_folder(path.absolute().parent)
    finally:
        part.unlink(missing_ok=True)


def unpack(source: io.RawIOBase, path: Path, folder: Path, expected_format: int = FORMAT) -> BackupManifest:
    """Extract all members into an empty folder and verify their hashes. Raise UsageError if the file is damaged.

    `source` is the compressed tar inside the file `path`.
    """
    hashes: dict[str, str] = {}
    manifest = b""
    with _report_damage(path):
        for name, member in _read_members(source, path):
            if name == MANIFEST:
                manifest = member.read()
            else:
                hashes[name] = _extract_member(member, _member_path(folder, name, path))
    return _check_members(_decode_manifest(manifest, path, expected_format), hashes, path)


def read_manifest(path: Path) -> BackupManifest:
    """Return the manifest of a legacy backup without extracting anything. Raise UsageError if the file is damaged."""
    manifest = b""
    with _report_damage(path), path.open("rb", buffering=0) as source:
        for name, member in _read_members(source, path):
            if name == MANIFEST:
                manifest = member.read()
    return _decode_manifest(manifest, path, LEGACY_FORMAT)


@contextmanager
def _report_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, tarfile.TarError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UsageError(
                f"磁盘空间不足 no space is left to unpack {path} ({error.strerror})",
                fix="请腾出空间后重试 free some space and restore again",
            ) from None
        raise _damage(path, error) from None


def _read_members(source: io.RawIOBase, path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    with (
        pa.input_stream(source, compression="zstd") as stream,
        tarfile.open(fileobj=cast(IO[bytes], stream), mode="r|") as tar,
    ):
        for info in tar:
            member = tar.extractfile(info) if info.isfile() else None
            if member is None:
                raise UsageError(
                    f"{path}: {info.name} 不是普通文件 is no file", fix="请用另一份备份 take another backup"
                )
            yield info.name, member


def _decode_manifest(data: bytes, path: Path, expected_format: int) -> BackupManifest:
    try:
        manifest = msgspec.json.decode(data, type=BackupManifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damage(path, error) from None
    if manifest.format != expected_format:
        raise UsageError(
            f"{path} 的格式为 {manifest.format}，本程序读取 {expected_format} has format {manifest.format}, this"
            f" program reads {expected_format}",
            fix="请用写出该备份的版本恢复 restore it with the version that wrote it",
        )
    return manifest


def _damage(path: Path, error: Exception) -> UsageError:
    return UsageError(f"{path}: 备份不完整 is no whole backup ({error})", fix="请用另一份备份 take another copy of it")


def _member_path(folder: Path, name: str, path: Path) -> Path:
    parts = PurePosixPath(name)
    # A second spelling, such as state//keys/site, would pass checks of the name and name the same file.
    if parts.is_absolute() or ".." in parts.parts or parts.as_posix() != name:
        raise UsageError(
            f"{path}: {name} 指向目录之外或写法不规范 leads out of the folder, or is not written plainly",
            fix="此备份被改动，请用另一份 take another backup: this one was tampered with",
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
    differing = sorted(
        name for name in manifest.members.keys() | hashes if manifest.members.get(name) != hashes.get(name)
    )
    if differing:
        raise UsageError(
            f"{path}: {len(differing)} 个文件与清单不符 {len(differing)} of its files are not what the manifest says,"
            f" the first is {differing[0]}",
            fix="请用另一份备份 take another copy of it",
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
