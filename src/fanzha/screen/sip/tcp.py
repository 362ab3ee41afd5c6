"""SIP over TCP: messages cut out of a stream by Content-Length (RFC 3261 §18.3), keep-alives (RFC 5626), limits."""

import asyncio
import re
import socket
from typing import cast

from fanzha.screen.overload import stream_waited_ms
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip.redirect import RedirectServer

#: How many connections a listener keeps; proxies need a few.
MOST_CONNECTIONS = 1_024
#: How often a connection is looked at: a message not whole since the last look, or nothing for IDLE_LOOKS, closes it.
LOOK_SECONDS = 10.0
IDLE_LOOKS = 90

_PING = b"\r\n\r\n"
#: The end of a head, also of one whose lines end with CR or LF alone.
_HEAD_END = re.compile(rb"[\r\n]\r|\n\n")
_HEAD_END_LENGTH = 2
_PONG = b"\r\n"
_INCOMPLETE = int(at.INCOMPLETE)
_LOST = frozenset(
    int(fault) for fault in (at.UNANSWERABLE, at.BAD_LENGTH, at.TOO_LARGE, at.BAD_LINE_END)
)  # where the next one begins


class Connection(asyncio.Protocol):
    """One connection of a proxy; answers go back on it, in order."""

    def __init__(self, server: RedirectServer, connections: "set[Connection]") -> None:
        self._answer, self._hears, self._connections = server.answer, server.listener.hears, connections
        self._server = server
        self._begun = bytearray()  # of a message that is not whole
        self._searched = 0  # so far of it no head ends
        self._needed = 0  # bytes until it is whole, 0: not known
        self._late = False  # it was not whole at the last look
        self._idle = 0  # looks since something came

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back; a connection too many, or of a stranger, is closed."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._host: str = peer[0] if isinstance(peer, tuple) else ""
        self._port: int = peer[1] if isinstance(peer, tuple) else 0
        if len(self._connections) >= MOST_CONNECTIONS or not self._hears(self._host):
            self._transport.abort()
            return
        self._connections.add(self)
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self.look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self in self._connections:
            self._connections.discard(self)
            self._timer.cancel()

    def send(self, text: bytes, _port: int) -> None:
        """Send an answer that was waited for, unless nobody waits any more."""
        if not self._transport.is_closing():
            self._transport.write(text)

    def pause_writing(self) -> None:
        """Read no more from who does not take his answers."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def look(self) -> None:
        """Close a connection that holds a place for nothing; look again later at any other."""
        self._idle += 1
        if self._idle > IDLE_LOOKS or (self._begun and self._late):
            self._transport.abort()
            return
        self._late = bool(self._begun)
        self._timer = asyncio.get_running_loop().call_later(LOOK_SECONDS, self.look)

    def data_received(self, data: bytes) -> None:
        """Answer all messages that are whole; keep what is begun."""
        self._idle = 0
        if self._begun:
            self._begun += data
            if not self._may_be_whole():
                return
            data = bytes(self._begun)
        self._server.waited_ms = self._waited_ms() if self._server.overload.held_up() else 0.0
        answers, start, lost = self._answers(data)
        if answers:
            self._transport.write(b"".join(answers))
        self._begun[:] = data[start:]
        if lost:
            self._begun.clear()
            self._transport.close()

    def _waited_ms(self) -> float:
        opened = self._transport.get_extra_info("socket")
        return stream_waited_ms(opened) if opened is not None else 0.0

    def _may_be_whole(self) -> bool:
        """Return whether what is begun is worth a look; bytes that trickle in shall not be read each time anew."""
        if self._needed:
            return len(self._begun) >= self._needed
        found = _HEAD_END.search(self._begun, self._searched) is not None
        self._searched = max(0, len(self._begun) - _HEAD_END_LENGTH + 1)
        return found or len(self._begun) >= at.LONGEST

    def _answers(self, data: bytes) -> tuple[list[bytes], int, bool]:
        """Return the answers to the whole messages, where the rest begins, and whether that cannot be told."""
        answers, start, size = [], 0, len(data)
        self._searched, self._needed, self._late = 0, 0, False
        while start < size:
            text, _, end, fault = self._answer(data, start, self._host, self._port, self)
            if text:
                answers.append(text)
            if fault == _INCOMPLETE:
                self._needed = max(0, end - start) if end > size else 0
                break
            if fault in _LOST:
                return answers, size, True
            if data.startswith(_PING, start):
                answers.append(_PONG)
            start = end
        return answers, start, False


async def serve_stream(opened: socket.socket, server: RedirectServer) -> asyncio.Server:
    """Answer the connections of a listening socket until the server is closed."""
    connections: set[Connection] = set()
    server.late = Connection.send
    return await asyncio.get_running_loop().create_server(lambda: Connection(server, connections), sock=opened)
