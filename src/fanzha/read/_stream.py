"""Open a plain file, gzip file or zip member as a stream, with a limit on its decompressed size."""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fanzha.base.words import Words
from fanzha.read._rejects import UnreadableSource

#: Text compresses 10:1 to 50:1. A file that expands more than this, beyond the free bytes, is rejected as a bomb.
MAX_EXPANSION = 300
FREE_EXPANSION_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 10_000

BOMB = Words(
    f"解压后膨胀超过 {MAX_EXPANSION} 倍，疑为压缩炸弹",
    f"it unpacks to more than {MAX_EXPANSION} times its size: a bomb?",
)
CUT_OFF = Words("压缩文件不完整或已损坏", "the packed file is cut off or damaged")
LOCKED = Words("压缩文件有密码；请先解密", "the zip file has a password; unpack it first")
NOT_A_FILE = Words("不是普通文件", "not a regular file")
UNREADABLE = Words("无法读取", "it cannot be read")


class SourceStream:
    """A size-limited stream of decompressed bytes."""

    def __init__(self, unpacked: IO[bytes], raw: IO[bytes], packed_size: int | None) -> None:
        self._unpacked, self._raw, self._packed_size = unpacked, raw, packed_size
        self._bytes_read = 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end. Raise UnreadableSource if the file is damaged or a bomb."""
        try:
            data = self._unpacked.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise UnreadableSource(CUT_OFF) from error
        except (OSError, NotImplementedError, ValueError) as error:
            raise UnreadableSource(UNREADABLE) from error
        self._bytes_read += len(data)
        if (
            self._packed_size is not None
            and self._bytes_read > FREE_EXPANSION_BYTES + MAX_EXPANSION * self._packed_size
        ):
            raise UnreadableSource(BOMB)
        return data

    @property
    def position(self) -> int:
        """The number of bytes of the file on disk that were read."""
        try:
            return self._raw.tell()
        except (OSError, ValueError):
            return self._bytes_read


@contextmanager
def open_stream(path: Path, member: str = "") -> Iterator[SourceStream]:
    """Open a file or a member of a zip file. Raise UnreadableSource if that fails."""
    with _open_file(path) as raw:
        if member:
            with _open_member(raw, member) as (unpacked, size):
                yield SourceStream(unpacked, raw, size)
        elif is_gzip(path):
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield SourceStream(unpacked, raw, path.stat().st_size)  # type: ignore[arg-type]
        else:
            yield SourceStream(raw, raw, None)


@contextmanager
def _open_file(path: Path) -> Iterator[IO[bytes]]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableSource(NOT_A_FILE)
        file = path.open("rb")
    except OSError as error:
        raise UnreadableSource(UNREADABLE) from error
    with file:
        yield file


@contextmanager
def _open_member(raw: IO[bytes], member: str) -> Iterator[tuple[IO[bytes], int]]:
    try:
        archive = zipfile.ZipFile(raw)
        info = archive.getinfo(member)
        if info.flag_bits & 1:
            raise UnreadableSource(LOCKED)
        unpacked = archive.open(info)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, UnreadableSource):
            raise
        raise UnreadableSource(CUT_OFF) from error
    with archive, unpacked:
        yield unpacked, info.compress_size


def is_gzip(path: Path) -> bool:
    """Return whether a regular file starts with the gzip signature."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def list_zip_members(path: Path) -> list[tuple[str, int]] | None:
    """Return (name, unpacked size) of the files in a zip file, in name order, or None if it is no zip file."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return None
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableSource(CUT_OFF) from error
    if len(infos) > MAX_MEMBERS:
        raise UnreadableSource(
            Words(f"压缩包内文件超过 {MAX_MEMBERS} 个", f"more than {MAX_MEMBERS} files in the zip file")
        )
    return sorted((info.filename, info.file_size) for info in infos)
