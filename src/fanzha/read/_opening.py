"""Open a source for reading: plain, gzip or zip member, unpacked as a stream, with limits on what it may grow to."""

import gzip
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fanzha.base.words import Words
from fanzha.read._rejects import Unreadable

#: Text packs 10:1 to 50:1; a file that grows more than this, beyond the first megabytes, is a bomb.
MOST_TIMES = 300
FREE_BYTES = 64 * 1024 * 1024
MOST_MEMBERS = 10_000

BOMB = Words(
    f"解压后膨胀超过 {MOST_TIMES} 倍，疑为压缩炸弹", f"it unpacks to more than {MOST_TIMES} times its size: a bomb?"
)
CUT_OFF = Words("压缩文件不完整或已损坏", "the packed file is cut off or damaged")
LOCKED = Words("压缩文件有密码；请先解密", "the zip file has a password; unpack it first")
NOT_A_FILE = Words("不是普通文件", "not a regular file")
UNREADABLE = Words("无法读取", "it cannot be read")


class Stream:
    """A bounded stream of unpacked bytes; `position` is how much of the file on disk has been taken."""

    def __init__(self, unpacked: IO[bytes], raw: IO[bytes], packed_size: int | None) -> None:
        self._unpacked, self._raw, self._packed_size = unpacked, raw, packed_size
        self._given = 0

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, b"" at the end; Unreadable when the file is damaged or a bomb."""
        try:
            data = self._unpacked.read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise Unreadable(CUT_OFF) from error
        except (OSError, NotImplementedError, ValueError) as error:
            raise Unreadable(UNREADABLE) from error
        self._given += len(data)
        if self._packed_size is not None and self._given > FREE_BYTES + MOST_TIMES * self._packed_size:
            raise Unreadable(BOMB)
        return data

    @property
    def position(self) -> int:
        """Bytes of the file on disk taken so far."""
        try:
            return self._raw.tell()
        except (OSError, ValueError):
            return self._given


@contextmanager
def opened(path: Path, member: str = "") -> Iterator[Stream]:
    """Open a file or a member of a zip file; Unreadable when that cannot be done."""
    with _raw(path) as raw:
        if member:
            with _member(raw, member) as (unpacked, size):
                yield Stream(unpacked, raw, size)
        elif is_gzip(path):
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield Stream(unpacked, raw, path.stat().st_size)  # type: ignore[arg-type]
        else:
            yield Stream(raw, raw, None)


@contextmanager
def _raw(path: Path) -> Iterator[IO[bytes]]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(NOT_A_FILE)
        file = path.open("rb")
    except OSError as error:
        raise Unreadable(UNREADABLE) from error
    with file:
        yield file


@contextmanager
def _member(raw: IO[bytes], member: str) -> Iterator[tuple[IO[bytes], int]]:
    try:
        archive = zipfile.ZipFile(raw)
        info = archive.getinfo(member)
        if info.flag_bits & 1:
            raise Unreadable(LOCKED)
        unpacked = archive.open(info)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(CUT_OFF) from error
    with archive, unpacked:
        yield unpacked, info.compress_size


def is_gzip(path: Path) -> bool:
    """Return whether a regular file starts as gzip does."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def zip_members(path: Path) -> list[tuple[str, int]] | None:
    """Return (name, unpacked size) of a zip file's files in name order; None when it is no zip file."""
    with path.open("rb") as file:
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return None
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(CUT_OFF) from error
    if len(infos) > MOST_MEMBERS:
        raise Unreadable(
            Words(f"压缩包内文件超过 {MOST_MEMBERS} 个", f"more than {MOST_MEMBERS} files in the zip file")
        )
    return sorted((info.filename, info.file_size) for info in infos)
