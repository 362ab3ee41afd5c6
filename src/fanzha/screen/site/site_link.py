"""Sites joined by their facts: each sends what it was told itself, so that windows of all count what any has seen.

Who connects sends. The first line of the other side says up to which record it has everything; what it lacks is sent
again from memory, and that some is no longer there is counted. Between machines the line is TLS with certificates of
one authority on both ends (fanzha.screen.settings_reader refuses anything else).
"""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import msgspec

from fanzha.screen.event_log import Lines, Record
from fanzha.screen.settings import OtherSite, SiteLink

REMEMBERED = 64 << 20  # bytes of own lines
MOST_WAITING = 8 << 20  # bytes that may wait in one connection; beyond, the ring is where they wait
AGAIN_SECONDS = 1.0
LONGEST_LINE = 1 << 20
HELLO_SECONDS = 5.0
_BROKEN = (OSError, ValueError, asyncio.LimitOverrunError, asyncio.IncompleteReadError)  # DecodeError is a ValueError


class Hello(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of each side: who it is; of the sender which run of its log, of the receiver what it has of it."""

    site: str
    run: str = ""
    has: int = 0


class _Piece(NamedTuple):
    first: int
    last: int
    lines: bytes


class Ring:
    """The latest own lines, in pieces as they were flushed."""

    def __init__(self) -> None:
        """Begin empty."""
        self._pieces: deque[_Piece] = deque()
        self._bytes = 0
        self.forgotten = 0  # the last record that is no longer here
        self.waiters: list[asyncio.Event] = []

    def take(self, lines: bytes) -> None:
        """Take whole lines, in order."""
        first, last = _number(lines, 0), _number(lines, lines.rfind(b"\n", 0, -1) + 1)
        self._pieces.append(_Piece(first, last, lines))
        self._bytes += len(lines)
        while self._bytes > REMEMBERED:
            gone = self._pieces.popleft()
            self._bytes -= len(gone.lines)
            self.forgotten = gone.last
        for one in self.waiters:
            one.set()

    def after(self, sequence: int) -> tuple[int, bytes]:
        """Return the next piece behind a record, with the number of its last line; (sequence, b"") when none is."""
        if not self._pieces or self._pieces[-1].last <= sequence:
            return sequence, b""
        piece = next(piece for piece in self._pieces if piece.last > sequence)
        if piece.first > sequence:
            return piece.last, piece.lines
        kept = [line for line in piece.lines.splitlines(keepends=True) if _number(line, 0) > sequence]
        return piece.last, b"".join(kept)


def _number(lines: bytes, start: int) -> int:
    return int(lines[start + 1 : lines.index(b",", start)])


class Sender:
    """Sends own lines to one other site, again and again until it is closed."""

    def __init__(self, own: str, run: str, other: OtherSite, ring: Ring, secured: ssl.SSLContext | None) -> None:
        """`run` names this log: its numbers mean nothing in another's."""
        self._hello = msgspec.json.encode(Hello(own, run)) + b"\n"
        self._other, self._ring, self._secured = other, ring, secured
        self.sent, self.connected, self.gaps = 0, False, 0

    async def run(self) -> None:
        """Connect, send, begin again when the line breaks."""
        while True:
            with contextlib.suppress(*_BROKEN):
                await self._once()
            self.connected = False
            await asyncio.sleep(AGAIN_SECONDS)

    async def _once(self) -> None:
        reader, writer = await asyncio.open_connection(
            self._other.address, self._other.port, ssl=self._secured, limit=LONGEST_LINE
        )
        news = asyncio.Event()
        self._ring.waiters.append(news)
        try:
            writer.transport.set_write_buffer_limits(high=MOST_WAITING)
            writer.write(self._hello)
            line = await asyncio.wait_for(reader.readuntil(b"\n"), HELLO_SECONDS)
            await self._send_from(msgspec.json.decode(line, type=Hello).has, news, writer)
        finally:
            self._ring.waiters.remove(news)
            writer.close()

    async def _send_from(self, has: int, news: asyncio.Event, writer: asyncio.StreamWriter) -> None:
        self.connected = True
        self.gaps += has < self._ring.forgotten
        while not writer.is_closing():
            news.clear()
            has, lines = self._ring.after(has)
            if lines:
                writer.write(lines)
                await writer.drain()
                self.sent = has
            else:
                await news.wait()


Take = Callable[[str, Record], None]


class Receiver:
    """Takes records of other sites, each once, in their order."""

    def __init__(self, own: str, known: frozenset[str], take: Take) -> None:
        """`take` gets the name of a site and a record of it; sites that are not known are not heard."""
        self._own, self._known, self._take = own, known, take
        self.has: dict[str, tuple[str, int]] = {}  # site -> run, the last record of it
        self.refused = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear one connection until it ends."""
        try:
            line = await asyncio.wait_for(reader.readuntil(b"\n"), HELLO_SECONDS)
            hello = msgspec.json.decode(line, type=Hello)
            if hello.site not in self._known:
                self.refused += 1
                return
            run, has = self.has.get(hello.site, ("", 0))
            has = has if run == hello.run else 0
            writer.write(msgspec.json.encode(Hello(self._own, hello.run, has)) + b"\n")
            await self._hear(hello, has, reader)
        except _BROKEN:
            self.refused += 1
        finally:
            writer.close()

    async def _hear(self, hello: Hello, has: int, reader: asyncio.StreamReader) -> None:
        lines = Lines()
        while data := await reader.read(LONGEST_LINE):
            for record in lines.feed(data):
                if record.sequence > has:
                    has = record.sequence
                    self.has[hello.site] = hello.run, has
                    self._take(hello.site, record)


def secured(link: SiteLink, *, server: bool) -> ssl.SSLContext | None:
    """Return mutual TLS by the link's files, None where it has none (all addresses are of this machine)."""
    if not link.certificate:
        return None
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    context = ssl.create_default_context(purpose, cafile=link.authority)
    context.load_cert_chain(link.certificate, link.key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.check_hostname = False  # sites are known by the authority that signs for them alone
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
