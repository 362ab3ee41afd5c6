"""TCP connections of a stateless proxy to its next hops, and the connections that delivered requests."""

import asyncio
import itertools
import socket
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from fanzha.screen.sip.forwarding import read_address
from fanzha.screen.sip.next_hops import Hop
from fanzha.screen.sip.proxy import ProxyServer
from fanzha.screen.sip.tcp import Connection, ConnectionPool, serve_stream

#: How long a connection may take to be made; less than a caller waits before it sends again.
CONNECT_SECONDS = 2.0
#: Bytes that wait for one next hop, or for a caller who does not read; further messages fail.
MAX_UNSENT = 4 << 20
#: Connections after which closed ones are dropped.
MAX_KEPT = 64
OnFailure = Callable[[], None] | None


class HopConnection(Connection):
    """A connection made to a next hop, which sends its responses on it."""

    def pause_writing(self) -> None:
        """Go on reading: a next hop that reads nothing until its responses are read would stand still for ever."""

    def resume_writing(self) -> None:
        """Do nothing."""

    def is_accepted(self) -> bool:
        """Return True: the next hop was configured."""
        return True


class TcpHops:
    """Sends requests to next hops and responses back, over connections that stay open."""

    def __init__(self, server: ProxyServer) -> None:
        self._server = server
        self._pool = ConnectionPool()
        self._open: dict[Hop, HopConnection] = {}
        self._waiting: dict[Hop, list[tuple[bytes, OnFailure]]] = {}
        self._connecting: dict[Hop, asyncio.Task[None]] = {}
        self._numbers: WeakKeyDictionary[Connection, int] = WeakKeyDictionary()
        self._by_number: WeakValueDictionary[int, Connection] = WeakValueDictionary()
        self._next_number = itertools.count(1)
        self.failed = 0  # messages that could not be sent

    def number(self, origin: Any) -> int:
        """Return the number of the connection that delivered a request."""
        number = self._numbers.get(origin)
        if number is None:
            number = self._numbers[origin] = next(self._next_number)
            self._by_number[number] = origin
        return number

    def send(self, text: bytes, host: str, port: int, on_failure: OnFailure = None) -> None:
        """Send a message to a next hop; call `on_failure` if it cannot be sent."""
        hop = Hop(host, port)
        connection = self._open.get(hop)
        if connection is not None and connection.is_open:
            if connection.unsent_bytes > MAX_UNSENT:
                self._fail(on_failure)
            else:
                connection.send(text, 0)
            return
        waiting = self._waiting.setdefault(hop, [])
        if sum(len(waiting_text) for waiting_text, _ in waiting) + len(text) > MAX_UNSENT:
            self._fail(on_failure)
            return
        waiting.append((text, on_failure))
        if hop not in self._connecting:
            self._connecting[hop] = asyncio.get_running_loop().create_task(self._connect(hop))

    def reply(self, number: int, text: bytes, host: str, port: int) -> None:
        """Send a response by the connection of its request; to host and port if that is closed (RFC 3261 §18.2.2)."""
        connection = self._by_number.get(number)
        if connection is None or not connection.is_open or read_address(connection.host.encode()) != host:
            self.send(text, host, port)
        elif connection.unsent_bytes > MAX_UNSENT:
            self.failed += 1
            connection.abort()
        else:
            connection.send(text, 0)

    def close(self) -> None:
        """Close all connections to next hops."""
        for task in self._connecting.values():
            task.cancel()
        for connection in self._open.values():
            connection.abort()

    async def _connect(self, hop: Hop) -> None:
        """Open a connection and send what waits for it."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: HopConnection(self._server, self._pool), hop.host, hop.port
                )
        except (OSError, TimeoutError):
            for _, on_failure in self._waiting.pop(hop, []):
                self._fail(on_failure)
        else:
            if len(self._open) >= MAX_KEPT:  # callers choose the ports to which late responses go
                self._open = {known: kept for known, kept in self._open.items() if kept.is_open}
            self._open[hop] = connection
            for text, _ in self._waiting.pop(hop, []):
                connection.send(text, 0)
        finally:
            self._connecting.pop(hop, None)

    def _fail(self, on_failure: OnFailure) -> None:
        self.failed += 1
        if on_failure is not None:
            on_failure()


async def serve_proxy_stream(opened: socket.socket, server: ProxyServer) -> tuple[asyncio.Server, TcpHops]:
    """Serve the connections of a listening socket; return the server and the connections to next hops, to be closed."""
    hops = server.connections = TcpHops(server)
    return await serve_stream(opened, server), hops
