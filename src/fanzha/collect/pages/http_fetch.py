"""Fetch a URL without a browser: redirects one by one, each address checked, bodies and unpacking limited."""

import hashlib
import http.client
import ssl
import time
import zlib
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from fanzha.base.outgoing_request import RequestFailed, connect
from fanzha.collect.pages.address_book import AddressBook
from fanzha.store.look_record import Redirect

MOST_REDIRECTS = 10
_BLOCK = 65_536


class FetchLimits(NamedTuple):
    """Limits of a fetch with its redirects: seconds in all, and bytes of the body before and after unpacking."""

    seconds: float = 10.0
    most_bytes: int = 2_000_000


DEFAULT_LIMITS = FetchLimits()


class HttpFetch(NamedTuple):
    """What a URL answered. `problem` says why there is no answer or why the body is not whole."""

    url: str
    final_url: str
    status: int = 0
    headers: dict[str, str] = {}
    body: bytes = b""
    redirects: tuple[Redirect, ...] = ()
    address: str = ""
    certificate: str = ""  # SHA-256
    is_trusted: bool = False
    problem: str = ""


class _Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    address: str
    certificate: str
    is_trusted: bool
    problem: str


def fetch_url(
    url: str, addresses: AddressBook, headers: dict[str, str] | None = None, limits: FetchLimits = DEFAULT_LIMITS
) -> HttpFetch:
    """Fetch a URL by GET and follow at most ten redirects. No cookies are kept; errors are in the result."""
    deadline = time.monotonic() + limits.seconds
    current, hops = url, list[Redirect]()
    while True:
        try:
            answer = _get(current, addresses, headers or {}, limits, deadline)
        except (OSError, http.client.HTTPException, ValueError, RequestFailed) as error:
            is_late = isinstance(error, TimeoutError) or time.monotonic() >= deadline
            problem = f"no answer within {limits.seconds:g} s" if is_late else f"{type(error).__name__}: {error}"[:200]
            return HttpFetch(url, current, redirects=tuple(hops), problem=problem)
        location = answer.headers.get("location", "")
        if not (300 <= answer.status < 400 and location):
            return _build(url, current, hops, answer, answer.problem)
        hops.append(Redirect(current, answer.status, location[:2_000]))
        if len(hops) > MOST_REDIRECTS:
            return _build(url, current, hops, answer, "too many redirects")
        try:
            current = urljoin(current, location)
        except ValueError:
            return _build(url, current, hops, answer, "the redirect is no address")


def _build(url: str, current: str, hops: list[Redirect], answer: _Answer, problem: str) -> HttpFetch:
    status, headers, body, address, certificate, is_trusted, _ = answer
    return HttpFetch(url, current, status, headers, body, tuple(hops), address, certificate, is_trusted, problem)


def _get(url: str, addresses: AddressBook, headers: dict[str, str], limits: FetchLimits, deadline: float) -> _Answer:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{parts.scheme or 'no'} scheme is not fetched")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    endpoint = addresses.find(parts.hostname, port, deadline)
    is_trusted = parts.scheme == "https"
    connection = http.client.HTTPConnection(parts.hostname)
    try:
        connection.sock = connect(parts.scheme, parts.hostname, endpoint.port, endpoint.address, deadline)
    except ssl.SSLCertVerificationError:
        is_trusted = False
        context = ssl._create_unverified_context()
        connection.sock = connect(parts.scheme, parts.hostname, endpoint.port, endpoint.address, deadline, context)
    with closing(connection):
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers, "Host": host})
        der = connection.sock.getpeercert(True) if isinstance(connection.sock, ssl.SSLSocket) else None
        with connection.getresponse() as response:
            fields = {name.lower(): value[:2_000] for name, value in response.getheaders()[:100]}
            body, problem = _read_body(response, fields.get("content-encoding", ""), limits)
            digest = hashlib.sha256(der).hexdigest() if der else ""
            return _Answer(response.status, fields, body, endpoint.address, digest, is_trusted, problem)


def _read_body(response: http.client.HTTPResponse, encoding: str, limits: FetchLimits) -> tuple[bytes, str]:
    """Return the unpacked body and why it is not whole; what comes after the limits is not read."""
    unpacker = zlib.decompressobj(wbits=47) if encoding.strip().lower() in ("gzip", "x-gzip", "deflate") else None
    body, read = bytearray(), 0
    while True:
        block = response.read1(_BLOCK)
        read += len(block)
        if unpacker is None:
            body += block
        else:
            try:
                body += unpacker.decompress(block, limits.most_bytes + 1 - len(body))
            except zlib.error:
                return bytes(body), f"the body is no {encoding.strip()[:20]}"
        if len(body) > limits.most_bytes or read > limits.most_bytes:
            return bytes(body[: limits.most_bytes]), "too many bytes"
        if not block:
            return bytes(body), ""
