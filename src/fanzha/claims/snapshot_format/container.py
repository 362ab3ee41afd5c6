"""Byte layout of a snapshot file: a head that lists the sections, each with a digest; digests cover every byte.

0   8  magic
8   4  version of the format, 4 length of the head's JSON (little-endian, as everything)
16  16 BLAKE2b of bytes 0-16 and 32 to the first section: the file's identity, since the head holds all digests
32     JSON of the head, blanks up to a multiple of 64
       sections in order, each starting at a multiple of 64; the zero padding is part of its digest
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import FanzhaError

MAGIC = b"FANZHA\r\n"
VERSION = 1
ALIGNED = 64
_FIXED = 32
_DIGEST = 16
_LONGEST_HEAD = 1 << 24


class DamagedSnapshot(FanzhaError):
    """The file is truncated, changed, or no snapshot (exit code 3)."""

    exit_code = 3


class Section(msgspec.Struct, frozen=True):
    """Position of one section; for a table also its shape, multiplier and number of home slots."""

    name: str
    offset: int
    size: int  # bytes, without padding
    digest: str
    words: int = 1  # of 8 bytes in a row
    multiplier: int = 0
    slots: int = msgspec.field(default=0, name="places")
    used: int = 0  # number of rows in use


class Approval(msgspec.Struct, frozen=True):
    """An operator's approval of a file that exceeds the limits on differences."""

    by: str
    why: str
    at: int  # UTC ms


class SnapshotHead(msgspec.Struct, frozen=True, kw_only=True):
    """Metadata of a file. `sequence` increases by one with every published file."""

    what: Literal["base", "delta"]
    sequence: int
    created_at: int  # UTC ms
    organization: str = msgspec.field(default="", name="organisation")
    base: str = ""  # of a delta: identity of its base
    before: str = ""  # identity of the file published before, "" for the first; of a delta: of the file it changes
    salt: str = ""  # hex
    simulated: bool = False  # contains simulated subjects
    approval: Approval | None = None
    approved: int = 0  # sequence of the newest file, up to this one, that carries an approval
    facts: dict[str, int] = msgspec.field(default_factory=dict)
    sections: tuple[Section, ...] = ()


class SectionData(NamedTuple):
    """One section to write."""

    name: str
    data: bytes | NDArray[Any]
    words: int = 1
    multiplier: int = 0
    slots: int = 0
    used: int = 0


def write(head: SnapshotHead, sections: Sequence[SectionData]) -> list[bytes | memoryview]:
    """Return the pieces of a file in writing order."""
    pieces = [
        (section, data, bytes(_align(len(data)) - len(data)))
        for section in sections
        for data in (_bytes(section.data),)
    ]
    described = [_section(section, len(data), _digest([data, zeros])) for section, data, zeros in pieces]
    start = _align(
        _FIXED + len(_encode(head, _assign_offsets(described, 1 << 62)))
    )  # offsets are no longer than that one
    text = _encode(head, _assign_offsets(described, start)).ljust(start - _FIXED)
    fixed = MAGIC + VERSION.to_bytes(4, "little") + len(text).to_bytes(4, "little")
    parts = (part for _, data, zeros in pieces for part in (data, zeros))
    return [fixed, _digest([fixed, text]), text, *parts]


def _section(section: SectionData, size: int, digest: bytes) -> Section:
    return Section(section.name, 0, size, digest.hex(), section.words, section.multiplier, section.slots, section.used)


def _assign_offsets(sections: Sequence[Section], start: int) -> tuple[Section, ...]:
    placed = []
    for section in sections:
        placed.append(msgspec.structs.replace(section, offset=start))
        start += _align(section.size)
    return tuple(placed)


def _encode(head: SnapshotHead, sections: tuple[Section, ...]) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(head, sections=sections))


def _bytes(data: bytes | NDArray[Any]) -> memoryview:
    if isinstance(data, bytes):
        return memoryview(data)
    whole = np.ascontiguousarray(data)
    return memoryview(whole.view(np.uint8).reshape(-1)) if whole.size else memoryview(b"")  # type: ignore[arg-type]


def _digest(parts: Iterable[bytes | memoryview]) -> bytes:
    state = blake2b(digest_size=_DIGEST)
    for part in parts:
        state.update(part)
    return state.digest()


def _align(size: int) -> int:
    return (size + ALIGNED - 1) // ALIGNED * ALIGNED


class SnapshotFile:
    """One file in memory, mapped or read, without copying. The head is checked on opening, sections by `verify`."""

    def __init__(self, data: memoryview, name: str) -> None:
        """Read the head; raise DamagedSnapshot."""
        self.data, self.name = data, name
        self.head = self._head()
        self.identity = bytes(data[16:_FIXED]).hex()
        self._sections = {section.name: section for section in self.head.sections}

    def _damaged(self, why: str) -> DamagedSnapshot:
        fix = "copy it again, or build it anew; screens keep what they have"
        return DamagedSnapshot(f"{self.name}: 快照文件已损坏 damaged snapshot file: {why}", fix=fix)

    def _head(self) -> SnapshotHead:
        fixed = bytes(self.data[:_FIXED])
        if len(fixed) < _FIXED or fixed[:8] != MAGIC:
            raise self._damaged("不是快照 it is no snapshot")
        if (version := int.from_bytes(fixed[8:12], "little")) != VERSION:
            raise self._damaged(f"格式版本 {version} 无法读取 version {version} of the format cannot be read")
        length = int.from_bytes(fixed[12:16], "little")
        start = _FIXED + length
        text = self.data[_FIXED:start]
        if length > _LONGEST_HEAD or len(text) < length or _digest([fixed[:16], text]) != fixed[16:]:
            raise self._damaged("文件头校验不符 the digest of its head does not fit")
        try:
            head = msgspec.json.decode(text, type=SnapshotHead)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._damaged(f"文件头 its head: {error}") from None
        self._check_layout(head, start)
        return head

    def _check_layout(self, head: SnapshotHead, start: int) -> None:
        """Raise DamagedSnapshot unless the sections fill the file up to the last byte."""
        for section in head.sections:
            if (
                section.offset != start
                or section.size < 0
                or section.words < 1
                or section.size % (8 * section.words if section.slots else 1)
            ):
                raise self._damaged(f"区段 {section.name} 位置有误 section {section.name} is out of place")
            start += _align(section.size)
        if start != len(self.data):
            raise self._damaged(f"应为 {start} 字节 it has {len(self.data)} bytes, not {start}")

    def verify(self) -> None:
        """Verify the digest of every section (about one second per gigabyte); raise DamagedSnapshot."""
        for section in self.head.sections:
            if _digest([self.data[section.offset : section.offset + _align(section.size)]]).hex() != section.digest:
                raise self._damaged(f"区段 {section.name} 校验不符 the digest of section {section.name} does not fit")

    def has(self, name: str) -> bool:
        """Return whether the file has a section."""
        return name in self._sections

    def section(self, name: str) -> Section:
        """Return the position of a section; raise DamagedSnapshot if it is missing."""
        if name not in self._sections:
            raise self._damaged(f"缺少区段 {name} section {name} is missing")
        return self._sections[name]

    def section_bytes(self, name: str) -> memoryview:
        """Return the bytes of a section."""
        section = self.section(name)
        return self.data[section.offset : section.offset + section.size]

    def words(self, name: str) -> NDArray[np.uint64]:
        """Return a section as an array of unsigned words [rows, words]."""
        found = np.frombuffer(self.section_bytes(name), "<u8")
        return found.reshape(-1, self.section(name).words)
