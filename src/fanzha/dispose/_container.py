"""Signed files for isolated networks: a ZIP with rows, a manifest with their digest, and its signature.

The signature over the manifest is verified first, and only the member named in the manifest is read. Sequence numbers
increase by one, and each manifest has the digest of the previous one, so that missing, repeated and replaced files are
detected.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.dispose._signing import UnverifiedMessage, sign, verify
from fanzha.dispose._wire import UnreadableAnswer

TYPE = "fanzha.file.v1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
LONGEST_MEMBER = 67_108_864
_LONGEST_HEAD = 65_536


class FileManifest(msgspec.Struct, frozen=True, kw_only=True):
    """Manifest of a file; `before` is the digest of the previous manifest, "" for the first file."""

    type: Literal["fanzha.file.v1"] = "fanzha.file.v1"
    what: Literal["orders", "legs", "answers"]
    sender: str
    receiver: str
    sequence: int
    before: str = ""
    made_at: str
    member: str
    sha256: str


def pack(manifest: FileManifest, rows: bytes, keys: tuple[str, ...]) -> bytes:
    """Return the file; the same contents and keys give the same bytes."""
    text = msgspec.json.encode(msgspec.structs.replace(manifest, sha256=sha256(rows).hexdigest()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((MANIFEST, text), (SIGNATURE, sign(_signed(text), keys).encode()), (manifest.member, rows)):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(data: bytes, keys: Iterable[str]) -> tuple[FileManifest, str, bytes]:
    """Return the manifest, its digest, and the rows; raise UnverifiedMessage or UnreadableAnswer."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = _member(archive, MANIFEST, _LONGEST_HEAD)
            verify(_signed(text), _member(archive, SIGNATURE, _LONGEST_HEAD).decode("ascii", "replace"), keys)
            manifest = msgspec.json.decode(text, type=FileManifest)
            rows = _member(archive, manifest.member, LONGEST_MEMBER)
    except (UnverifiedMessage, UnreadableAnswer):
        raise
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableAnswer(f"{MANIFEST}: {error}") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, RuntimeError, OSError) as error:
        raise UnreadableAnswer(f"not a file of {TYPE}: {error}") from None
    if sha256(rows).hexdigest() != manifest.sha256:
        raise UnverifiedMessage(f"{manifest.member} is not what was signed")
    return manifest, sha256(text).hexdigest(), rows


def digest(data: bytes) -> str:
    """Return the digest of a file's manifest, for the manifest of the next file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sha256(_member(archive, MANIFEST, _LONGEST_HEAD)).hexdigest()


def _member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Read a member, limiting the unpacked size."""
    with archive.open(name) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnreadableAnswer(f"{name} is longer than {limit:,} bytes")
    return data


def _signed(manifest: bytes) -> bytes:
    return TYPE.encode() + b"." + manifest


class FilePosition(StrEnum):
    """Position of a file in the sequence of a sender."""

    NEXT = "next"
    REPEATED = "repeated"
    MISSING_BEFORE = "missing_before"
    ANOTHER = "another"


FILE_POSITION_WORDS: dict[FilePosition, Words] = {
    FilePosition.NEXT: Words("依序收到", "the next one"),
    FilePosition.REPEATED: Words("重复文件，不再处理", "came before: nothing is done again"),
    FilePosition.MISSING_BEFORE: Words("此前有文件缺失", "files before it are missing"),
    FilePosition.ANOTHER: Words(
        "与前一文件不衔接，疑被替换或发送方重置",
        "it does not follow the file before: replaced, or its sender began anew",
    ),
}


class LastFile(NamedTuple):
    """The newest file received from a sender: number and digest; 0 and "" before the first."""

    sequence: int = 0
    digest: str = ""


def file_position(sequence: int, before: str, last: LastFile) -> FilePosition:
    """Return the position of a file with this number and this digest of the previous file."""
    if sequence <= last.sequence:
        return FilePosition.REPEATED
    if sequence > last.sequence + 1:
        return FilePosition.MISSING_BEFORE
    return FilePosition.NEXT if before == last.digest else FilePosition.ANOTHER
