"""Files that looks at pages and reports of the public bring, and whether they look like Android packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE_SUFFIXES = (".apk", ".xapk", ".apks", ".apkm")
_ZIP, _MANIFEST = b"PK\x03\x04", b"AndroidManifest.xml"
_STEP_BYTES = 1 << 20


class FoundFile(NamedTuple):
    """A file from outside: its own name, which is not trustworthy, and its bytes in chunks.

    `tail` is its end, at most a megabyte: the directory of a zip file.
    """

    name: str
    chunks: Callable[[], Iterator[bytes]]
    head: bytes
    tail: bytes

    @classmethod
    def from_path(cls, path: Path, name: str) -> FoundFile:
        """Return a file on the disk."""
        with path.open("rb") as file:
            head = file.read(len(_ZIP))
            file.seek(max(0, path.stat().st_size - _STEP_BYTES))
            tail = file.read(_STEP_BYTES)

        def read() -> Iterator[bytes]:
            with path.open("rb") as file:
                while block := file.read(_STEP_BYTES):
                    yield block

        return cls(name, read, head, tail)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> FoundFile:
        """Return a file in memory."""
        return cls(name, lambda: iter((data,)), data[: len(_ZIP)], data[-_STEP_BYTES:])

    @property
    def is_package(self) -> bool:
        """Whether it looks like an Android package, by its bytes and its directory or name."""
        is_like_one = _MANIFEST in self.tail or self.name.lower().endswith(PACKAGE_SUFFIXES)
        return self.head == _ZIP and is_like_one
