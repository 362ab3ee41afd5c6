"""The evidence folder of a look: record, screenshots, DOM, WARC and a manifest of SHA-256 hashes.

The WARC (ISO 28500, version 1.1) has the decoded bodies that the browser gave, with the header fields of the answers.
"""

import gzip
import hashlib
import uuid
from collections.abc import Iterable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import msgspec

from fanzha.base.clock import iso
from fanzha.collect.pages.page_visit import PageCapture
from fanzha.store.look_record import RECORD_NAME, LookRecord, PageRequest, encode_record
from fanzha.store.private_files import create_private_folder, write_private_file

MANIFEST_NAME, WARC_NAME = "manifest.json", "pages.warc.gz"
_HOP_FIELDS = {"content-encoding", "content-length", "transfer-encoding", "connection"}


def write_folder(folder: Path, record: LookRecord, captures: Iterable[PageCapture]) -> None:
    """Write the evidence of a look; downloads are there already."""
    create_private_folder(folder)
    captures = list(captures)
    for capture in captures:
        name = capture.visit.persona
        for suffix, data in (("png", capture.screenshot), ("html", capture.dom)):
            if data:
                write_private_file(folder / f"{name}.{suffix}", data)
        if capture.icon:
            write_private_file(folder / f"{name}.icon", capture.icon)
    write_private_file(folder / WARC_NAME, build_warc(record, captures))
    write_private_file(folder / RECORD_NAME, encode_record(record))
    write_private_file(folder / MANIFEST_NAME, build_manifest(folder, record))


def build_manifest(folder: Path, record: LookRecord) -> bytes:
    """Return the list of the files of a folder with sizes and SHA-256; the manifest itself is not in it."""
    files = {
        path.relative_to(folder).as_posix(): {"size": path.stat().st_size, "sha256": _hash_file(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST_NAME
    }
    return msgspec.json.format(msgspec.json.encode({"url": record.url, "at": iso(record.at), "files": files}), indent=1)


def find_changed_files(folder: Path) -> list[str]:
    """Return the files that are missing, changed or not in the manifest. Raise ValueError without a usable manifest."""
    try:
        expected = msgspec.json.decode((folder / MANIFEST_NAME).read_bytes())["files"]
        hashes = {str(name): str(facts["sha256"]) for name, facts in expected.items()}
    except (OSError, msgspec.DecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{folder / MANIFEST_NAME} is no manifest: {error}") from None
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (MANIFEST_NAME, f"{MANIFEST_NAME}.tsr")
    }
    changed = {name for name in hashes if name not in present or _hash_file(present[name]) != hashes[name]}
    return sorted(changed | (present.keys() - hashes.keys()))


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build_warc(record: LookRecord, captures: Iterable[PageCapture]) -> bytes:
    """Return a compressed WARC file: one record for each answer whose body was kept, one member of gzip each."""
    at = iso(record.at)
    info = f"software: fanzha\r\nformat: WARC File Format 1.1\r\nrobots: ignore\r\nisPartOf: {record.url}\r\n".encode()
    parts = [_record("warcinfo", at, info, {"Content-Type": "application/warc-fields"})]
    for capture in captures:
        for request in capture.visit.requests:
            body = capture.bodies.get(request.sha256)
            if body is not None:
                is_document = request.url == capture.visit.final_url.partition("#")[0]
                fields = capture.visit.headers if is_document else {"content-type": request.mime}
                parts.append(_response_record(request, fields, body, at))
    return b"".join(parts)


def _response_record(request: PageRequest, fields: dict[str, str], body: bytes, at: str) -> bytes:
    try:
        phrase = HTTPStatus(request.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {request.status} {phrase}"]
    lines += [f"{name}: {_one_line(value)}" for name, value in fields.items() if name not in _HOP_FIELDS]
    lines.append(f"content-length: {len(body)}")
    block = ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace") + body
    headers = {"WARC-Target-URI": _one_line(request.url), "Content-Type": "application/http;msgtype=response",
               "WARC-Payload-Digest": f"sha256:{request.sha256}"}  # fmt: skip
    if request.address:
        headers["WARC-IP-Address"] = request.address.strip("[]")
    return _record("response", at, block, headers)


def _record(kind: str, at: str, block: bytes, fields: dict[str, str]) -> bytes:
    identity = uuid.UUID(bytes=hashlib.sha256(kind.encode() + at.encode() + block).digest()[:16], version=4)
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{identity}>",
        "WARC-Date": at,
        **fields,
        "WARC-Block-Digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    packed = BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
        file.write(b"WARC/1.1\r\n" + lines.encode("utf-8", "replace") + b"\r\n" + block + b"\r\n\r\n")
    return packed.getvalue()


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).replace("\r", " ")
