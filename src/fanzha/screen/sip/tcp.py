"""SIP over TCP: split the stream by Content-Length (RFC 3261 §18.3), keep-alives (RFC 5626), limits."""

import asyncio
import re
import socket
from collections import Counter
from time import time_ns
from typing import cast

from fanzha.screen.overload import stream_wait_ms
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.redirect import RedirectServer

#: Connections of one listener, and of one peer; proxies need few. One more closes the connection whose last complete
#: message is oldest, so that half-sent messages block no other peer.
MAX_CONNECTIONS, MAX_OF_PEER = 1_024, 256
#: Check interval; a message incomplete at two checks, or IDLE_CHECKS checks without data, close a connection.
CHECK_SECONDS = 3.0
IDLE_CHECKS = 300

_PING = b"\r\n\r\n"
#: The end of a head, also with lone CR or LF as line ends.
_HEAD_END = re.compile(rb"[\r\n]\r|\n\n")
_HEAD_END_LENGTH = 2
_PONG = b"\r\n"
_LENGTHS = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE)
_INCOMPLETE, _RESPONSE = int(layout.INCOMPLETE), int(layout.RESPONSE)
_LOST = frozenset(
    int(fault) for fault in (layout.UNANSWERABLE, layout.BAD_LENGTH, layout.TOO_LARGE, layout.BAD_LINE_END)
)  # faults after which the start of the next message is unknown


class Connection(asyncio.Protocol):
    """One connection of a proxy; answers are sent on it in order."""

    def __init__(self, server: RedirectServer, connections: "ConnectionPool") -> None:
        self._answer, self._connections = server.answer, connections
        self._server = server
        self._buffer = bytearray()  # bytes of an incomplete message
        self._searched = 0  # position up to which no head ends
        self._needed = 0  # bytes of the complete message, 0: unknown
        self._late = False  # incomplete at the last check
        self._idle = 0  # checks since the last data
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register the connection; abort those of other peers."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self.host: str = peer[0] if isinstance(peer, tuple) else ""
        self._port: int = peer[1] if isinstance(peer, tuple) else 0
        if not self.is_accepted():
            self._transport.abort()
            return
        self._connections.add(self)
        self._timer = asyncio.get_running_loop().call_later(CHECK_SECONDS, self.check)

    def is_accepted(self) -> bool:
        """Return whether messages of the peer are read."""
        return self._server.listener.accepts(self.host)

    @property
    def is_open(self) -> bool:
        """Whether a message can be sent."""
        return not self._transport.is_closing()

    @property
    def unsent_bytes(self) -> int:
        """Bytes that wait because the peer does not read."""
        return self._transport.get_write_buffer_size()

    def connection_lost(self, exc: Exception | None) -> None:
        """Unregister the connection."""
        self._connections.remove(self)
        if self._timer is not None:
            self._timer.cancel()

    def abort(self) -> None:
        """Close the connection without sending what waits."""
        self._transport.abort()

    def send(self, text: bytes, _port: int) -> None:
        """Send a late answer unless the connection is closing."""
        if not self._transport.is_closing():
            self._transport.write(text)

    def pause_writing(self) -> None:
        """Stop reading from a peer that does not read its answers."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Resume reading."""
        self._transport.resume_reading()

    def check(self) -> None:
        """Close a stalled or idle connection; schedule the next check."""
        self._idle += 1
        if self._idle > IDLE_CHECKS or (self._buffer and self._late):
            self._transport.abort()
            return
        self._late = bool(self._buffer)
        self._timer = asyncio.get_running_loop().call_later(CHECK_SECONDS, self.check)

    def data_received(self, data: bytes) -> None:
        """Answer all complete messages; keep the rest."""
        self._idle = 0
        if self._buffer:
            self._buffer += data
            if not self._may_be_whole():
                return
            data = bytes(self._buffer)
        waited_ms = self._waited_ms() if self._server.overload.may_be_late() else 0.0
        self._server.arrived_ns = time_ns() - int(waited_ms * 1e6)
        answers, start, lost = self._answers(data)
        if answers:
            self._transport.write(b"".join(answers))
        self._buffer[:] = data[start:]
        if lost:
            self._buffer.clear()
            self._transport.close()

    def _waited_ms(self) -> float:
        opened = self._transport.get_extra_info("socket")
        return stream_wait_ms(opened) if opened is not None else 0.0

    def _may_be_whole(self) -> bool:
        """Return whether the buffer may be complete, so that trickling bytes are not rescanned each time."""
        if self._needed:
            return len(self._buffer) >= self._needed
        head_ended = _HEAD_END.search(self._buffer, self._searched) is not None
        self._searched = max(0, len(self._buffer) - _HEAD_END_LENGTH + 1)
        return head_ended or len(self._buffer) >= layout.LONGEST

    def _answers(self, data: bytes) -> tuple[list[bytes], int, bool]:
        """Return the answers, the start of the rest, and whether that start is unknown."""
        answers, start, size = [], 0, len(data)
        self._searched, self._needed, self._late = 0, 0, False
        while start < size:
            text, _, end, fault = self._answer(data, start, self.host, self._port, self)
            if text:
                answers.append(text)
            if fault == _INCOMPLETE:
                self._needed = max(0, end - start) if end > size else 0
                break
            if fault in _LOST or (fault >= _RESPONSE and not _is_framed(data, start)):
                return answers, size, True
            if data.startswith(_PING, start):
                answers.append(_PONG)
            else:
                self._connections.mark_used(self)
            start = end
        return answers, start, False


def _is_framed(data: bytes, start: int) -> bool:
    """Return whether a response, or a request with a fault, has exactly one length.

    Else a part of its body could pass for a message. The scan keeps the first fault alone, which may hide another.
    """
    head_end = data.find(b"\r\n\r\n", start)
    lengths = _LENGTHS.findall(data, start, head_end if head_end >= 0 else len(data))
    return len(lengths) == 1 and lengths[0].strip().isdigit()


class ConnectionPool:
    """The open connections of a listener, the one whose last complete message is oldest first."""

    def __init__(self) -> None:
        self._connections: dict[Connection, None] = {}
        self._of_peer: Counter[str] = Counter()

    def __contains__(self, connection: Connection) -> bool:
        return connection in self._connections

    def __len__(self) -> int:
        return len(self._connections)

    def add(self, connection: Connection) -> None:
        """Add a connection; close the oldest of its peer, or of all, where there are too many."""
        host = connection.host
        if self._of_peer[host] >= MAX_OF_PEER:
            self._close(next(open_ for open_ in self._connections if open_.host == host))
        elif len(self._connections) >= MAX_CONNECTIONS:
            self._close(next(iter(self._connections)))
        self._connections[connection] = None
        self._of_peer[host] += 1

    def remove(self, connection: Connection) -> None:
        """Remove a connection that ended."""
        if connection in self._connections:
            del self._connections[connection]
            self._of_peer[connection.host] -= 1
            if not self._of_peer[connection.host]:
                del self._of_peer[connection.host]

    def mark_used(self, connection: Connection) -> None:
        """Put a connection last, because it sent a complete message."""
        if connection in self._connections:
            del self._connections[connection]
            self._connections[connection] = None

    def _close(self, connection: Connection) -> None:
        connection.abort()
        self.remove(connection)


async def serve_stream(opened: socket.socket, server: RedirectServer) -> asyncio.Server:
    """Serve the connections of a listening socket until the server is closed."""
    connections = ConnectionPool()
    server.send_late = Connection.send
    return await asyncio.get_running_loop().create_server(lambda: Connection(server, connections), sock=opened)
