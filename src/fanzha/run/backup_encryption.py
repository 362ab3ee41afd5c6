"""The container of backups: a header and chunks, each authenticated, encrypted unless the backup is plain.

    FANZHA-BACKUP-2 LF | length of the header (4 bytes) | header (JSON) | HMAC-SHA256 of all before it
    chunk 0 | chunk 1 | ... each 64 KiB of data (the last one 0 to 64 KiB) and a tag of 16 bytes

A chunk is AES-256-GCM (NIST SP 800-38D). Its nonce and its associated data hold its number and whether it is the last
one; the associated data also hold the hash of the header. A chunk that was changed, moved, removed, added or taken from
another archive therefore fails. In a plain backup the data are readable and part of the associated data.

The keys are derived from the secret of the archive by HKDF-SHA256 (RFC 5869). The HMAC of the header commits to the
secret, which distinguishes a wrong pass phrase from a damaged chunk.
"""

import hmac
import io
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from fanzha.base.errors import UsageError
from fanzha.run.backup_keys import ArchiveKey, Credentials, Header, PassphraseHeader, PlainHeader, derive_secret

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAGIC = b"FANZHA-BACKUP-2\n"
CHUNK_BYTES = 1 << 16
_TAG_BYTES = 16
_MAC_BYTES = 32
_LENGTH_BYTES = 4
_MAX_HEADER_BYTES = 4096


class _ChunkCipher:
    """Protects the chunks of one archive."""

    def __init__(self, secret: bytes, prefix: bytes, *, encrypts: bool) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(_derive(secret, b"chunks"))
        self._header_hash = sha256(prefix).digest()
        self._encrypts = encrypts

    def protect(self, number: int, data: bytes, *, is_last: bool) -> bytes:
        """Return a chunk with its tag."""
        nonce, associated = self._position(number, is_last)
        if self._encrypts:
            return self._cipher.encrypt(nonce, data, associated)
        return data + self._cipher.encrypt(nonce, b"", associated + data)

    def open(self, number: int, chunk: bytes, *, is_last: bool) -> bytes:
        """Return the data of a chunk. Raise InvalidTag if it is not this chunk of this archive."""
        nonce, associated = self._position(number, is_last)
        if self._encrypts:
            return self._cipher.decrypt(nonce, chunk, associated)
        data = chunk[:-_TAG_BYTES]
        self._cipher.decrypt(nonce, chunk[-_TAG_BYTES:], associated + data)
        return data

    def _position(self, number: int, is_last: bool) -> tuple[bytes, bytes]:
        position = number.to_bytes(11) + bytes([is_last])
        return position, self._header_hash + position


class EncryptedWriter(io.RawIOBase):
    """A stream that writes an archive to a file; `close` writes the last chunk, and leaves the file open."""

    def __init__(self, file: IO[bytes], key: ArchiveKey) -> None:
        encoded = msgspec.json.encode(key.header)
        prefix = MAGIC + len(encoded).to_bytes(_LENGTH_BYTES) + encoded
        file.write(prefix + _header_mac(key.secret, prefix))
        self._file = file
        self._cipher = _ChunkCipher(key.secret, prefix, encrypts=not isinstance(key.header, PlainHeader))
        self._pending = bytearray()
        self._number = 0

    def writable(self) -> bool:
        """Return true."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write the chunks that are complete. One full chunk is held back: it may be the last one."""
        self._pending += data
        while len(self._pending) > CHUNK_BYTES:
            self._write_chunk(bytes(self._pending[:CHUNK_BYTES]), is_last=False)
            del self._pending[:CHUNK_BYTES]
        return memoryview(data).nbytes

    def close(self) -> None:
        """Write the last chunk."""
        if not self.closed:
            self._write_chunk(bytes(self._pending), is_last=True)
            super().close()

    def _write_chunk(self, data: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.protect(self._number, data, is_last=is_last))
        self._number += 1


class EncryptedArchive:
    """An archive that was opened with the right credentials.

    `authenticated` is false for a plain archive of another installation that the operator accepts.
    """

    def __init__(self, path: Path, credentials: Credentials) -> None:
        """Read and authenticate the header. Raise UsageError."""
        self._path = path
        prefix, mac, header = _read_header(path)
        secret = derive_secret(header, credentials, path)
        self.size = path.stat().st_size
        self.authenticated = hmac.compare_digest(_header_mac(secret, prefix), mac)
        self._start = len(prefix) + _MAC_BYTES
        is_plain = isinstance(header, PlainHeader)
        self._cipher = _ChunkCipher(secret, prefix, encrypts=not is_plain)
        if not self.authenticated and not (is_plain and credentials.accept_unauthenticated):
            raise _refusal(header, path)

    def verify(self) -> Iterator[int]:
        """Check every chunk and yield its size. Raise UsageError."""
        return (len(data) for data in self._chunks())

    def reader(self, advance: Callable[[int], None] = lambda size: None) -> io.RawIOBase:
        """Return a stream of the data. Reading raises UsageError at a chunk that is not authentic.

        `advance` is called with the size of each chunk.
        """
        return _ChunkReader(self._chunks(), advance)

    def _chunks(self) -> Iterator[bytes]:
        from cryptography.exceptions import InvalidTag

        with self._path.open("rb") as file:
            file.seek(self._start)
            chunk, number = file.read(CHUNK_BYTES + _TAG_BYTES), 0
            while True:
                following = file.read(CHUNK_BYTES + _TAG_BYTES)
                try:
                    if self.authenticated:
                        yield self._cipher.open(number, chunk, is_last=not following)
                    else:
                        yield chunk[:-_TAG_BYTES]
                except InvalidTag:
                    raise UsageError(
                        f"{self._path}: 备份已损坏、被截断或被改动 it is damaged, cut off or was changed at byte"
                        f" {self._start + number * (CHUNK_BYTES + _TAG_BYTES):,}",
                        fix="未写入任何内容；请用另一份备份，并与记下的 sha256 核对 nothing was written; take another"
                        " copy of it and compare it with the sha256 that was noted",
                    ) from None
                if not following:
                    return
                chunk, number = following, number + 1


class _ChunkReader(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes], advance: Callable[[int], None]) -> None:
        self._chunks, self._advance = chunks, advance
        self._pending = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        target = memoryview(buffer).cast("B")
        while not self._pending:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._pending = memoryview(chunk)
            self._advance(len(chunk))
        count = min(len(target), len(self._pending))
        target[:count] = self._pending[:count]
        self._pending = self._pending[count:]
        return count


def is_encrypted_archive(path: Path) -> bool:
    """Return whether a file is a container of this format; backups of version 0.1.0 are not."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _read_header(path: Path) -> tuple[bytes, bytes, Header]:
    """Return the bytes before the MAC of the header, the MAC and the header. Raise UsageError."""
    with path.open("rb") as file:
        start = file.read(len(MAGIC) + _LENGTH_BYTES)
        length = int.from_bytes(start[len(MAGIC) :])
        encoded = file.read(min(length, _MAX_HEADER_BYTES))
        mac = file.read(_MAC_BYTES)
    try:
        header: Header = msgspec.json.decode(encoded, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UsageError(
            f"{path}: 文件头已损坏或被改动 its header is damaged or was changed",
            fix="请用另一份备份 take another copy of the backup",
        ) from None
    return start + encoded, mac, header


def _refusal(header: Header, path: Path) -> UsageError:
    if isinstance(header, PassphraseHeader):
        return UsageError(
            f"{path}: 此口令打不开（口令不对，或文件头被改动） does not open with this pass phrase: it is another one,"
            " or the header was changed",
            fix="请给出备份时所用的口令；若无误，请用另一份备份 give the pass phrase that it was written with; if it is"
            " right, take another copy of the backup",
        )
    if isinstance(header, PlainHeader):
        return UsageError(
            f"{path}: 明文备份，本安装的密钥无法证实其真伪 is a plain backup, and the keys of this installation do not"
            " prove that it is authentic",
            fix="用 --keys-from 指定写出该备份的状态目录；确知来源可靠时方可用 --accept-unauthenticated give"
            " --keys-from with the state folder that wrote it; --accept-unauthenticated only if you know where it has"
            " been",
        )
    return UsageError(
        f"{path}: 备份被改动，或并非来自所给来源 was changed, or does not come from the sender that was given",
        fix="请用另一份备份 take another copy of the backup",
    )


def _header_mac(secret: bytes, prefix: bytes) -> bytes:
    return hmac.digest(_derive(secret, b"header"), prefix, "sha256")


def _derive(secret: bytes, purpose: bytes) -> bytes:
    """Return a key of 32 bytes for one purpose; of random bytes if there is no secret."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

    return HKDFExpand(SHA256(), 32, info=b"fanzha backup 2 " + purpose).derive(secret or os.urandom(32))
