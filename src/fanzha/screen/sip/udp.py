"""SIP over UDP: one datagram in, at most one out."""

import asyncio
import socket
from typing import Any, cast

from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.overload import Overload, Queue
from fanzha.screen.sip.redirect import RedirectServer

#: What the kernel may hold while decisions are taken: some thousand calls. It grants at most net.core.rmem_max.
QUEUE_BYTES = 4 << 20


def open_datagrams(listener: Listener) -> socket.socket:
    """Bind the listener's address; whoever holds the socket may hand it to another process."""
    family = socket.AF_INET6 if ":" in listener.address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE_BYTES)
        opened.bind((listener.address, listener.port))
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened


class Datagrams(asyncio.DatagramProtocol):
    """Answers each datagram at once, to where its Via says (RFC 3261 §18.2.2, RFC 3581)."""

    def __init__(self, server: RedirectServer, queue: Queue) -> None:
        self._answer, self._queue = server.answer, queue

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._send = cast(asyncio.DatagramTransport, transport).sendto

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the queue."""
        self._queue.close()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """Answer one datagram."""
        if self._queue.due:
            self._queue.look()
        text, port, _, _ = self._answer(data, 0, addr[0], addr[1])
        if text:
            self._send(text, addr if port == addr[1] else (addr[0], port, *addr[2:]))

    def error_received(self, exc: Exception) -> None:
        """Go on: that nobody listens where an answer went is no fault of the next call."""


async def serve_datagrams(opened: socket.socket, server: RedirectServer, overload: Overload) -> asyncio.BaseTransport:
    """Answer what comes to an opened socket until the transport is closed."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Datagrams(server, Queue(opened, overload)), sock=opened)
    return transport
