"""A signed file for networks that only files cross: a ZIP of rows, a manifest with their digests, and its signature.

Nothing in it is believed before the signature over the manifest holds, and nothing that the manifest does not name.
Numbers grow by one from file to file, and each manifest holds the digest of the one before: a file that is missing,
comes twice, or was put in another's place is seen.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

import msgspec

from fanzha.dispose._signing import NotGenuine, sign, verify
from fanzha.dispose._wire import Unreadable

TYPE = "fanzha.file.v1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
LONGEST_MEMBER = 67_108_864
_LONGEST_HEAD = 65_536


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of itself; `before` is the digest of the manifest of the file before, "" for the first."""

    type: Literal["fanzha.file.v1"] = "fanzha.file.v1"
    what: Literal["orders", "answers"]
    sender: str
    receiver: str
    sequence: int
    before: str = ""
    made_at: str
    member: str
    sha256: str


def pack(manifest: Manifest, rows: bytes, keys: tuple[str, ...]) -> bytes:
    """Return the file; the same contents and keys are the same bytes."""
    text = msgspec.json.encode(msgspec.structs.replace(manifest, sha256=sha256(rows).hexdigest()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((MANIFEST, text), (SIGNATURE, sign(_signed(text), keys).encode()), (manifest.member, rows)):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpack(data: bytes, keys: Iterable[str]) -> tuple[Manifest, str, bytes]:
    """Return manifest, its digest, and the rows; raises NotGenuine, or Unreadable for what is no such file."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = _member(archive, MANIFEST, _LONGEST_HEAD)
            verify(_signed(text), _member(archive, SIGNATURE, _LONGEST_HEAD).decode("ascii", "replace"), keys)
            manifest = msgspec.json.decode(text, type=Manifest)
            rows = _member(archive, manifest.member, LONGEST_MEMBER)
    except (NotGenuine, Unreadable):
        raise
    except msgspec.DecodeError as error:
        raise Unreadable(f"{MANIFEST}: {error}") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, RuntimeError, OSError) as error:
        raise Unreadable(f"not a file of {TYPE}: {error}") from None
    if sha256(rows).hexdigest() != manifest.sha256:
        raise NotGenuine(f"{manifest.member} is not what was signed")
    return manifest, sha256(text).hexdigest(), rows


def digest(data: bytes) -> str:
    """Return the digest of a file's manifest, which the next file names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sha256(_member(archive, MANIFEST, _LONGEST_HEAD)).hexdigest()


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return a member, of which no more is unpacked than may be."""
    with archive.open(name) as file:
        found = file.read(most + 1)
    if len(found) > most:
        raise Unreadable(f"{name} is longer than {most:,} bytes")
    return found


def _signed(manifest: bytes) -> bytes:
    return TYPE.encode() + b"." + manifest
