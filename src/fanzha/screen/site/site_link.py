"""Share facts between sites, so that the windows of each site count the facts of all.

The connecting side sends. The first line of the other side states the last record that it has; missing records are sent
again from memory, and a gap is counted if they are gone. Between machines the connection is TLS with certificates of
one authority on both ends (fanzha.screen.settings_reader enforces it).
"""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from fanzha.screen.event_log import Record, RecordDecoder
from fanzha.screen.settings import OtherSiteSettings, SiteLinkSettings

MAX_BYTES = 64 << 20  # bytes of lines kept for other sites
MAX_WAITING = 8 << 20  # bytes in one connection's write buffer; further lines stay in the ring
RETRY_SECONDS = 1.0
LONGEST_LINE = 1 << 20
HELLO_SECONDS = 5.0
_LINK_ERRORS = (
    OSError,
    ValueError,
    asyncio.LimitOverrunError,
    asyncio.IncompleteReadError,
)  # DecodeError is a ValueError


class SiteHello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of each side: its name; the sender's log run; the receiver's last record of it."""

    site: str
    run: str = ""
    has: int = 0


class _Chunk(NamedTuple):
    first: int
    last: int
    lines: bytes


class LineRing:
    """The latest own lines in chunks as flushed."""

    def __init__(self) -> None:
        """Begin empty."""
        self._chunks: deque[_Chunk] = deque()
        self._bytes = 0
        self.last_dropped = 0  # sequence number of the last dropped record
        self.waiters: list[asyncio.Event] = []

    def append(self, lines: bytes) -> None:
        """Append complete lines in order."""
        first, last = _sequence(lines, 0), _sequence(lines, lines.rfind(b"\n", 0, -1) + 1)
        self._chunks.append(_Chunk(first, last, lines))
        self._bytes += len(lines)
        while self._bytes > MAX_BYTES:
            dropped = self._chunks.popleft()
            self._bytes -= len(dropped.lines)
            self.last_dropped = dropped.last
        for waiter in self.waiters:
            waiter.set()

    def read_after(self, sequence: int) -> tuple[int, bytes]:
        """Return last sequence number and lines of the next chunk after a record; (sequence, b"") without one."""
        if not self._chunks or self._chunks[-1].last <= sequence:
            return sequence, b""
        chunk = next(chunk for chunk in self._chunks if chunk.last > sequence)
        if chunk.first > sequence:
            return chunk.last, chunk.lines
        remaining = [line for line in chunk.lines.splitlines(keepends=True) if _sequence(line, 0) > sequence]
        return chunk.last, b"".join(remaining)


def _sequence(lines: bytes, start: int) -> int:
    return int(lines[start + 1 : lines.index(b",", start)])


class SiteSender:
    """Sends own lines to one other site and reconnects until cancelled."""

    def __init__(
        self, own: str, run: str, site: OtherSiteSettings, ring: LineRing, tls_context: ssl.SSLContext | None
    ) -> None:
        """`run` identifies this log; its numbers are meaningless in another run."""
        self._hello = msgspec.json.encode(SiteHello(own, run)) + b"\n"
        self._site, self._ring, self._tls_context = site, ring, tls_context
        self.sent, self.connected, self.gaps = 0, False, 0

    async def run(self) -> None:
        """Connect and send; reconnect when the connection breaks."""
        while True:
            with contextlib.suppress(*_LINK_ERRORS):
                await self._connect_once()
            self.connected = False
            await asyncio.sleep(RETRY_SECONDS)

    async def _connect_once(self) -> None:
        reader, writer = await asyncio.open_connection(
            self._site.address, self._site.port, ssl=self._tls_context, limit=LONGEST_LINE
        )
        news = asyncio.Event()
        self._ring.waiters.append(news)
        try:
            writer.transport.set_write_buffer_limits(high=MAX_WAITING)
            writer.write(self._hello)
            line = await asyncio.wait_for(reader.readuntil(b"\n"), HELLO_SECONDS)
            await self._send_from(msgspec.json.decode(line, type=SiteHello).has, news, writer)
        finally:
            self._ring.waiters.remove(news)
            writer.close()

    async def _send_from(self, has: int, news: asyncio.Event, writer: asyncio.StreamWriter) -> None:
        self.connected = True
        self.gaps += has < self._ring.last_dropped
        while not writer.is_closing():
            news.clear()
            has, lines = self._ring.read_after(has)
            if lines:
                writer.write(lines)
                await writer.drain()
                self.sent = has
            else:
                await news.wait()


RecordSink = Callable[[str, Record], None]


class SiteReceiver:
    """Receives records of other sites, each once and in order."""

    def __init__(self, own: str, peers: frozenset[str], sink: RecordSink) -> None:
        """`sink` gets site name and record; connections of sites outside `peers` are refused."""
        self._own, self._peers, self._sink = own, peers, sink
        self.received: dict[str, tuple[str, int]] = {}  # site -> run, last sequence number
        self.rejected = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends."""
        try:
            line = await asyncio.wait_for(reader.readuntil(b"\n"), HELLO_SECONDS)
            hello = msgspec.json.decode(line, type=SiteHello)
            if hello.site not in self._peers:
                self.rejected += 1
                return
            run, has = self.received.get(hello.site, ("", 0))
            has = has if run == hello.run else 0
            writer.write(msgspec.json.encode(SiteHello(self._own, hello.run, has)) + b"\n")
            await self._read_records(hello, has, reader)
        except _LINK_ERRORS:
            self.rejected += 1
        finally:
            writer.close()

    async def _read_records(self, hello: SiteHello, has: int, reader: asyncio.StreamReader) -> None:
        lines = RecordDecoder()
        while data := await reader.read(LONGEST_LINE):
            for record in lines.feed(data):
                if record.sequence > has:
                    has = record.sequence
                    self.received[hello.site] = hello.run, has
                    self._sink(hello.site, record)


def make_tls_context(link: SiteLinkSettings, *, server: bool) -> ssl.SSLContext | None:
    """Return a mutual TLS context from the link's files; None without files (loopback only)."""
    if not link.certificate:
        return None
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    context = ssl.create_default_context(purpose, cafile=link.authority)
    context.load_cert_chain(link.certificate, link.key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = False  # the authority signs only certificates of sites
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
