"""One light probe of a host from one place: its addresses, and the head of the answer to a plain request.

Nothing is executed, no redirect is followed, and no more than 64 KiB are read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import urlsplit

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
from dns.edns import EDECode

from fanzha.base.outgoing_request import are_outside
from fanzha.kinds.website import is_address
from fanzha.store.probe_queue import ProbeRecord, SiteState
from fanzha.store.probe_settings import ProberSettings, Vantage

MOST_BYTES = 65_536
_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})\b")
_LOCATION = re.compile(rb"(?im)^location:[ \t]*([!-~]{1,500})")
#: Words of pages by which dealers and registrars offer a name for sale.
_PARKED = re.compile(
    rb"domain (name )?(is |may be )?(for sale|parked)|buy this domain|sedoparking|parkingcrew|bodis\.com|"
    + "域名(停放|出售|转让)|该域名(正在)?出售".encode()
)
_GONE = frozenset({404, 410})
#: Extended errors (RFC 8914) by which a resolver says that its own policy changed an answer.
_BLOCKED = frozenset({EDECode.FORGED_ANSWER, EDECode.BLOCKED, EDECode.CENSORED, EDECode.FILTERED})
_LENGTH = re.compile(rb"(?im)^content-length:[ \t]*([0-9]{1,9})[ \t]*\r?$")
_PAGE_SECONDS = 2.0
_MOST_ADDRESSES = 2
#: What a proxy answers itself where it lets nobody pass.
_OF_PROXIES = frozenset({403, 407})
#: A province, ICP备 or ICP证, a number and that of the site.
_FILING = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s*ICP\s*[备证]\s*[0-9]{6,10}\s*号(\s*-\s*[0-9]{1,4})?"
)


class SiteAnswer(NamedTuple):
    """The answer of a site; `status` is 0 without one."""

    status: int = 0
    location: str = ""
    body: bytes = b""


class SiteGone(Exception):
    """The name does not exist, has no address, or nothing accepts connections there."""


class Resolution(NamedTuple):
    """The addresses of a host, and whether its resolver says that it blocks the name."""

    addresses: tuple[str, ...] = ()
    is_blocked: bool = False


async def probe_site(
    host: str, vantage: Vantage, settings: ProberSettings, warning_addresses: frozenset[str], now: int
) -> ProbeRecord:
    """Probe a host; a fault of the network is no answer, which is told apart by a probe of the control site."""
    addresses: tuple[str, ...] = ()
    resolution = Resolution()
    try:
        if vantage.proxy is None:
            async with asyncio.timeout(settings.timeout_seconds):
                resolution = await _resolve(host, vantage, settings)
            addresses = resolution.addresses
            if not addresses:
                raise SiteGone(host)
            if warning_addresses.intersection(addresses):
                return ProbeRecord(host, vantage.name, now, SiteState.BLOCKED, 451, "", " ".join(addresses))
        page = await _fetch(host, addresses, vantage, settings)
    except SiteGone:
        absent = SiteState.BLOCKED if resolution.is_blocked else SiteState.GONE
        return ProbeRecord(host, vantage.name, now, absent, 0, "", " ".join(addresses))
    except (OSError, EOFError, TimeoutError, ValueError, dns.exception.DNSException):
        return ProbeRecord(host, vantage.name, now, SiteState.UNKNOWN, 0, "", " ".join(addresses))
    digest = sha256(page.body).hexdigest() if page.body else ""
    is_of_proxy = vantage.proxy is not None and page.status in _OF_PROXIES
    state = SiteState.UNKNOWN if is_of_proxy else judge_page(page)
    return ProbeRecord(
        host,
        vantage.name,
        now,
        state,
        page.status,
        page.location,
        " ".join(addresses),
        digest,
        filing=find_filing(page.body),
    )


def find_filing(body: bytes) -> str:
    """Return the filing number (备案号) that a page shows, "" if none, in UTF-8 or GB 18030."""
    for encoding in ("utf-8", "gb18030"):
        if found := _FILING.search(body.decode(encoding, "replace")):
            return re.sub(r"\s+", "", found[0])
    return ""


def judge_page(page: SiteAnswer) -> SiteState:
    """Return what a page says about the site."""
    if page.status in _GONE:
        return SiteState.GONE
    if page.status == 451:
        return SiteState.BLOCKED
    if not page.status or page.status >= 500:
        return SiteState.UNKNOWN
    return SiteState.PARKED if _PARKED.search(page.body.lower()) else SiteState.UP


async def _resolve(host: str, vantage: Vantage, settings: ProberSettings) -> Resolution:
    """Return the addresses of a host by the resolver of a place, and whether it says that it blocks the name."""
    if is_address(host):
        return Resolution((host,))
    assert vantage.resolver is not None
    server, _, port = vantage.resolver.rpartition(":")
    found: list[str] = []
    is_blocked = False
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        query = dns.message.make_query(host, kind, use_edns=0)
        reply, _ = await dns.asyncquery.udp_with_fallback(
            query, server.strip("[]"), timeout=settings.timeout_seconds, port=int(port)
        )
        if reply.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise OSError("the resolver does not answer")
        found += [item.to_text() for rrset in reply.answer if rrset.rdtype == kind for item in rrset]
        is_blocked |= _is_policy(reply)
    return Resolution(tuple(found), is_blocked)


def _is_policy(reply: dns.message.Message) -> bool:
    """Return whether the policy of a resolver made an answer: it says so, or denies the name without the flag RA.

    The flag is how policy zones signal a name that does exist.
    """
    is_signalled = reply.rcode() == dns.rcode.NXDOMAIN and not reply.flags & dns.flags.RA
    return is_signalled or any(error.code in _BLOCKED for error in reply.extended_errors())


async def _fetch(host: str, addresses: tuple[str, ...], vantage: Vantage, settings: ProberSettings) -> SiteAnswer:
    """Return the answer of a site.

    Raise SiteGone if no port accepts connections, OSError, EOFError or ValueError if none answers.
    """
    if is_address(host) and not _is_permitted(host, settings):
        raise OSError("no public address")
    if vantage.proxy is not None:
        proxy = urlsplit(vantage.proxy)
        target = f"http://{host}/" if settings.http_port == 80 else f"http://{host}:{settings.http_port}/"
        connection = await _connect(proxy.hostname or "", proxy.port or 80, settings)
        return await _request(connection, target, host, None, settings)
    allowed = [address for address in addresses if _is_permitted(address, settings)]
    if not allowed:
        raise SiteGone(host) if all(map(_is_sinkhole, addresses)) else OSError("no public address")
    context = ssl.create_default_context()  # what a probe reads is no secret, and fraud sites have odd certificates
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    has_connected = False
    for address in allowed[:_MOST_ADDRESSES]:
        for port, tls in ((settings.http_port, None), (settings.https_port, context)):
            try:
                connection = await _connect(address, port, settings)
            except OSError:
                continue
            has_connected = True
            with suppress(OSError, EOFError, ValueError):
                return await _request(connection, "/", host, tls, settings)
    raise OSError("no answer in HTTP") if has_connected else SiteGone(host)


def _is_permitted(address: str, settings: ProberSettings) -> bool:
    return settings.local_addresses or are_outside([address])


def _is_sinkhole(address: str) -> bool:
    """Return whether resolvers give this address for names that they block; nobody reaches a site there."""
    parsed = ipaddress.ip_address(address)
    return parsed.is_loopback or parsed.is_unspecified


async def _connect(
    address: str, port: int, settings: ProberSettings
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(settings.timeout_seconds / 2):
        return await asyncio.open_connection(address, port, limit=MOST_BYTES)


async def _request(
    connection: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    target: str,
    host: str,
    context: ssl.SSLContext | None,
    settings: ProberSettings,
) -> SiteAnswer:
    reader, writer = connection
    try:
        async with asyncio.timeout(settings.timeout_seconds):
            if context is not None:
                await writer.start_tls(context, server_hostname=host)
            lines = (f"GET {target} HTTP/1.1", f"Host: {host}", f"User-Agent: {_AGENT}", "Accept: text/html")
            writer.write("\r\n".join((*lines, "Connection: close", "", "")).encode("ascii"))
            await writer.drain()
            data = await _read_status(reader)
        return parse_page(await _read_page(reader, data))
    finally:
        writer.close()


async def _read_status(reader: asyncio.StreamReader) -> bytes:
    """Read until the status of the answer is there."""
    data = b""
    while len(data) < MOST_BYTES and not _STATUS.match(data) and (piece := await reader.read(MOST_BYTES - len(data))):
        data += piece
    return data


async def _read_page(reader: asyncio.StreamReader, data: bytes) -> bytes:
    """Read on for a short time: a server that answered is there, also if it never ends its answer."""
    with suppress(OSError):
        async with asyncio.timeout(_PAGE_SECONDS):
            while len(data) < _page_end(data) and (piece := await reader.read(MOST_BYTES - len(data))):
                data += piece
    return data


def _page_end(data: bytes) -> int:
    """Return how many bytes an answer has, as far as its head says so, and as many as are read."""
    head, end, _ = data.partition(b"\r\n\r\n")
    length = _LENGTH.search(head) if end else None
    return MOST_BYTES if length is None else min(MOST_BYTES, len(head) + len(end) + int(length[1]))


def parse_page(data: bytes) -> SiteAnswer:
    """Parse the head of an HTTP answer. Raise ValueError if it is none."""
    head, _, body = data.partition(b"\r\n\r\n")
    status = _STATUS.match(head)
    if status is None:
        raise ValueError("no answer in HTTP")
    location = _LOCATION.search(head)
    return SiteAnswer(int(status[1]), location[1].decode("ascii") if location else "", body)
