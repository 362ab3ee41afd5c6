"""The only way out of a sandbox: a SOCKS 5 proxy (RFC 1928) that resolves names itself and counts what passes.

The browser asks it for names, never for addresses of its own resolving. It connects to allowed addresses only, and
ends all connections when the budget of bytes is used up.
"""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from fanzha.base.outgoing_request import RequestFailed
from fanzha.collect.pages.address_book import RESOLVE_SECONDS, AddressBook
from fanzha.collect.pages.server_hello import fingerprint_server_hello
from fanzha.store.look_record import ConnectionFacts

CONNECT_SECONDS = 10.0
MOST_CONNECTIONS, MOST_AT_ONCE = 600, 128
#: What a page may send away in all: forms are never filled in, so it has little to say.
MOST_SENT_BYTES = 2_000_000
_BLOCK, _HELLO_BYTES = 65_536, 8_192
_VERSION, _CONNECT, _SUCCEEDED, _NOT_ALLOWED, _UNREACHABLE, _NOT_SUPPORTED = 5, 1, 0, 2, 4, 7
_IPV4, _NAME, _IPV6 = 1, 3, 4


@dataclass
class _Connection:
    host: str
    port: int
    address: str = ""
    received: int = 0
    sent: int = 0
    refused: str = ""
    hello: bytearray = field(default_factory=bytearray)

    def facts(self) -> ConnectionFacts:
        hello = fingerprint_server_hello(bytes(self.hello))
        return ConnectionFacts(self.host, self.port, self.address, self.received, self.sent, hello, self.refused)


class FilteringProxy:
    """Serves one browser; `spent` is set when a budget is used up, and `reason` then names it."""

    def __init__(self, addresses: AddressBook, most_bytes: int) -> None:
        self._addresses = addresses
        self._most_bytes = most_bytes
        self._connections: list[_Connection] = []
        self._open: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.Task[object]] = set()
        #: Names without an answer keep a thread for seconds each; they must not delay calls to the browser.
        self._resolvers = ThreadPoolExecutor(MOST_AT_ONCE, "page resolver")
        self.spent = asyncio.Event()
        self.reason = ""

    @asynccontextmanager
    async def serve(self, listener: socket.socket) -> AsyncIterator[None]:
        """Serve the connections of a listening socket, which is closed at the end."""
        server = await asyncio.start_server(self._serve_client, sock=listener)
        try:
            yield
        finally:
            server.close()
            while self._clients:  # they end, since what they read from is closed
                self._close_all()
                await asyncio.wait(self._clients, timeout=0.1)
            self._resolvers.shutdown(wait=False, cancel_futures=True)

    def connections(self) -> tuple[ConnectionFacts, ...]:
        """Return what was connected to and what was refused, in the order of the requests."""
        return tuple(connection.facts() for connection in self._connections)

    def find_hello(self, host: str) -> str:
        """Return the fingerprint of the TLS server that answered for a host, "" if there is none."""
        hellos = (connection.facts().server_hello for connection in self._connections if connection.host == host)
        return next((hello for hello in hellos if hello), "")

    def _spend(self, reason: str) -> None:
        if not self.reason:
            self.reason = reason
        self.spent.set()
        self._close_all()

    def _close_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._clients.add(task)
        self._open.add(writer)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                connection = await _read_request(reader, writer)
            self._connections.append(connection)
            await self._connect(connection, reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError, struct.error):
            pass  # the browser sees a closed connection
        finally:
            self._open.discard(writer)
            writer.transport.abort()
            self._clients.discard(task)

    async def _connect(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if len(self._connections) > MOST_CONNECTIONS or len(self._open) > 2 * MOST_AT_ONCE:
            connection.refused = "too many connections"
            self._spend("connections")
            return
        if self.spent.is_set():
            connection.refused = f"the budget of {self.reason} was used up"
            return
        try:
            deadline = time.monotonic() + RESOLVE_SECONDS
            endpoint = await asyncio.get_running_loop().run_in_executor(
                self._resolvers, self._addresses.find, connection.host, connection.port, deadline
            )
            connection.address = endpoint.address
            async with asyncio.timeout(CONNECT_SECONDS):
                far_reader, far_writer = await asyncio.open_connection(endpoint.address, endpoint.port)
        except RequestFailed as error:
            connection.refused = str(error)
            writer.write(_reply(_NOT_ALLOWED))
            await writer.drain()
            return
        except (OSError, TimeoutError) as error:
            connection.refused = f"not reached: {type(error).__name__}"
            writer.write(_reply(_UNREACHABLE))
            await writer.drain()
            return
        self._open.add(far_writer)
        try:
            writer.write(_reply(_SUCCEEDED))
            await self._relay(connection, (reader, writer), (far_reader, far_writer))
        finally:
            self._open.discard(far_writer)
            far_writer.transport.abort()

    async def _relay(
        self,
        connection: _Connection,
        near: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        far: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        async def send() -> None:
            while block := await near[0].read(_BLOCK):
                connection.sent += len(block)
                if sum(each.sent for each in self._connections) > MOST_SENT_BYTES:
                    self._spend("bytes sent")
                    return
                far[1].write(block)
                await far[1].drain()
            with suppress(OSError):
                far[1].write_eof()

        async def receive() -> None:
            while block := await far[0].read(_BLOCK):
                connection.received += len(block)
                if len(connection.hello) < _HELLO_BYTES and connection.port != 80:
                    connection.hello += block[:_HELLO_BYTES]
                if sum(each.received for each in self._connections) > self._most_bytes:
                    self._spend("bytes")
                    return
                near[1].write(block)
                await near[1].drain()

        sending = asyncio.create_task(send())
        try:
            with suppress(OSError):
                await receive()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


async def _read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> _Connection:
    """Read the greeting and the request of a SOCKS client. Raise ValueError for anything but a connection request."""
    version, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    if version != _VERSION:
        raise ValueError("no SOCKS 5")
    writer.write(bytes((_VERSION, 0)))
    version, command, _, kind = await reader.readexactly(4)
    if kind == _NAME:
        (size,) = await reader.readexactly(1)
        host = (await reader.readexactly(size)).decode("ascii")
    elif kind in (_IPV4, _IPV6):
        family = socket.AF_INET if kind == _IPV4 else socket.AF_INET6
        host = socket.inet_ntop(family, await reader.readexactly(4 if kind == _IPV4 else 16))
    else:
        raise ValueError("unknown kind of address")
    (port,) = struct.unpack(">H", await reader.readexactly(2))
    if version != _VERSION or command != _CONNECT:
        writer.write(_reply(_NOT_SUPPORTED))
        raise ValueError("no connection request")
    return _Connection(host.lower(), port)


def _reply(code: int) -> bytes:
    return struct.pack(">BBBB4sH", _VERSION, code, 0, _IPV4, b"\0\0\0\0", 0)
