"""A server that runs on a Unix socket, and peers who connect to it; what the tests of protocol and server share."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.screen.http.client import BAD, GOOD, Screen

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.http.server import HttpServer, make_server
from fanzha.store.screen_keys import KeyScope

Running = Callable[[Coroutine[Any, Any, None]], None]
LIVE = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"


class Peer:
    """A client on one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, bytes]:
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 5)
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head[9:12]), await self.reader.readexactly(length)

    async def ends(self) -> bytes:
        """Return what comes until the other side ends the connection."""
        try:
            return await asyncio.wait_for(self.reader.read(), 5)
        except ConnectionError:  # it ended while more was on its way
            return b""

    async def send_slowly(self, piece: bytes, times: int) -> None:
        """Send a piece many times, each when the other side had its turn."""
        for _ in range(times):
            self.writer.write(piece)
            await asyncio.sleep(0.001)


class RunningServer:
    """A server that runs, and those who connect to it."""

    def __init__(self, server: HttpServer, opened: socket.socket) -> None:
        self.server, self._opened, self._peers = server, opened, list[Peer]()

    @property
    def address(self) -> Any:
        return self._opened.getsockname()

    async def peer(self) -> Peer:
        address = self.address
        unix = self._opened.family == socket.AF_UNIX
        opening = asyncio.open_unix_connection(address) if unix else asyncio.open_connection(*address)
        self._peers.append(Peer(*await opening))
        return self._peers[-1]

    def leave(self) -> None:
        for running_server in self._peers:
            running_server.writer.close()


@asynccontextmanager
async def run_server(
    screen: Screen, folder: Path, *, internet: bool = False, tls_context: ssl.SSLContext | None = None
) -> AsyncIterator[RunningServer]:
    path = folder / "http.sock"
    with socket.socket(socket.AF_INET if internet else socket.AF_UNIX) as opened:
        opened.bind(("127.0.0.1", 0) if internet else str(path))
        server = make_server(screen.app, tls_context)
        running = asyncio.create_task(server.serve(sockets=[opened]))
        running_server = RunningServer(server, opened)
        try:
            while not server.started:
                await asyncio.sleep(0.01)
            yield running_server
        finally:
            running_server.leave()
            server.should_exit = True
            await asyncio.wait_for(running, 5)


def post(screen: Screen, path: str, scope: KeyScope, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {screen.key[scope]}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def call(screen: Screen, caller: str = BAD) -> bytes:
    body = json.dumps({"call_id": "c", "caller": caller, "callee": GOOD, "trunk": "MSC-1"})
    return post(screen, "/v1/screen/call", KeyScope.CALL, body.encode())


def with_peer(
    run: Running, screen: Screen, folder: Path, does: Callable[[RunningServer, Peer], Awaitable[None]]
) -> None:
    async def whole() -> None:
        async with run_server(screen, folder) as running_server:
            await does(running_server, await running_server.peer())

    run(whole())


class PendingScreener:
    """A screener that asks a register first, and is answered when the test says so."""

    def __init__(self) -> None:
        self.then: list[Callable[[Decision], None]] = []

    def call(self, attempt: CallAttempt, then: Callable[[Decision], None]) -> None:
        self.then.append(then)

    def unscreened(self, attempt: CallAttempt, code: str) -> Decision:
        raise AssertionError(code)
