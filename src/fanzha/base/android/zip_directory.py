"""The directory of a zip file as Android reads it, with what an ordinary build tool never writes.

Android ignores the encryption flag, takes an unknown compression method for "stored" and reads the sizes of the central
directory (`libziparchive`). Fraud apps use these to break other tools; zipfile of the standard library refuses them.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

_END = struct.Struct("<4s4H2IH")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_END_SIGNATURE, _ENTRY_SIGNATURE, _LOCAL_SIGNATURE = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
_MAX_COMMENT_BYTES = 65_535
_STORED, _DEFLATED = 0, 8
_STEP_BYTES = 1 << 20

ENCRYPTED_FLAG: Final = "encrypted_flag"
UNKNOWN_METHOD: Final = "unknown_method"
DUPLICATE_ENTRY: Final = "duplicate_entry"
OVERLAPPING_ENTRIES: Final = "overlapping_entries"
LYING_LENGTH: Final = "lying_length"
LOCAL_HEADER_DIFFERS: Final = "local_header_differs"


class ZipFault(Exception):
    """A zip file cannot be read. `reason` is a key that the reader translates."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class ZipEntry:
    """One entry of the central directory."""

    name: str
    method: int
    flags: int
    packed_bytes: int
    unpacked_bytes: int  # as declared
    offset: int  # of the local header


class ZipDirectory:
    """The entries of a zip file in memory (bytes or a memory map), each name once: the first counts."""

    def __init__(self, data: memoryview, max_entries: int) -> None:
        """Read the central directory. Raise ZipFault if there is none, or if it has more than `max_entries`."""
        self._data = data
        self.oddities: set[str] = set()
        self.entries: dict[str, ZipEntry] = {}
        self.directory_offset, count = self._find_directory(max_entries)
        self._read_directory(count)
        self._check_overlaps()

    def _find_directory(self, max_entries: int) -> tuple[int, int]:
        tail_begin = max(0, len(self._data) - _MAX_COMMENT_BYTES - _END.size)
        tail = bytes(self._data[tail_begin:])
        found = tail.rfind(_END_SIGNATURE)
        if found < 0 or found + _END.size > len(tail):
            raise ZipFault("no_directory")
        _, _, _, _, count, size, offset, _ = _END.unpack_from(tail, found)
        if count > max_entries:
            raise ZipFault("too_many_entries")
        if offset + size > len(self._data):
            raise ZipFault("cut_off")
        return offset, count

    def _read_directory(self, count: int) -> None:
        position = self.directory_offset
        for _ in range(count):
            if position + _ENTRY.size > len(self._data):
                raise ZipFault("cut_off")
            fields = _ENTRY.unpack_from(self._data, position)
            if fields[0] != _ENTRY_SIGNATURE:
                raise ZipFault("damaged_directory")
            _, _, _, flags, method, _, _, _, packed, unpacked, name_size, extra_size, comment_size = fields[:13]
            begin = position + _ENTRY.size
            name = bytes(self._data[begin : begin + name_size]).decode("utf-8", "replace")
            self._add(ZipEntry(name, method, flags, packed, unpacked, fields[16]))
            position = begin + name_size + extra_size + comment_size

    def _add(self, entry: ZipEntry) -> None:
        if entry.flags & 1:
            self.oddities.add(ENCRYPTED_FLAG)
        if entry.method not in (_STORED, _DEFLATED):
            self.oddities.add(UNKNOWN_METHOD)
        if entry.name in self.entries:
            self.oddities.add(DUPLICATE_ENTRY)
            return
        self.entries[entry.name] = entry

    def _check_overlaps(self) -> None:
        end = 0
        for entry in sorted(self.entries.values(), key=lambda item: item.offset):
            if entry.offset < end:
                self.oddities.add(OVERLAPPING_ENTRIES)
                return
            end = entry.offset + _LOCAL.size + entry.packed_bytes

    def read(self, entry: ZipEntry, max_bytes: int) -> bytes:
        """Return at most `max_bytes` of an entry's contents; what is damaged ends early."""
        packed = self._find_body(entry)
        if entry.method != _DEFLATED:
            return bytes(packed[:max_bytes])
        unpacker = zlib.decompressobj(-15)
        parts, size = list[bytes](), 0
        try:
            for begin in range(0, len(packed), _STEP_BYTES):
                pending = bytes(packed[begin : begin + _STEP_BYTES])
                while pending and size < max_bytes:
                    part = unpacker.decompress(pending, min(_STEP_BYTES, max_bytes - size))
                    parts.append(part)
                    size += len(part)
                    pending = unpacker.unconsumed_tail
                if size >= max_bytes or unpacker.eof:
                    break
        except zlib.error:
            # A method that lies: Android would fail too, unless the data are stored.
            self.oddities.add(LYING_LENGTH)
        contents = b"".join(parts)
        if size < max_bytes and size != entry.unpacked_bytes or size > entry.unpacked_bytes:
            self.oddities.add(LYING_LENGTH)
        return contents

    def _find_body(self, entry: ZipEntry) -> memoryview:
        if entry.offset + _LOCAL.size > len(self._data):
            raise ZipFault("cut_off")
        signature, _, flags, method, _, _, _, _, _, name_size, extra_size = _LOCAL.unpack_from(self._data, entry.offset)
        if signature != _LOCAL_SIGNATURE:
            raise ZipFault("damaged_directory")
        name_begin = entry.offset + _LOCAL.size
        name = bytes(self._data[name_begin : name_begin + name_size]).decode("utf-8", "replace")
        if name != entry.name or method != entry.method or (flags ^ entry.flags) & 1:
            self.oddities.add(LOCAL_HEADER_DIFFERS)
        begin = name_begin + name_size + extra_size
        if begin + entry.packed_bytes > len(self._data):
            raise ZipFault("cut_off")
        return self._data[begin : begin + entry.packed_bytes]
