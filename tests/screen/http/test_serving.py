"""uvicorn over Unix sockets: whole requests are answered at once, slow and endless ones ended, signals left alone."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from tests.screen.http.asking import BAD, GOOD, Screen

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decision import Decision
from fanzha.screen.http import serving as module
from fanzha.screen.http.serving import LONGEST_HEAD, Serving, serving
from fanzha.store.screen_keys import Scope

Running = Callable[[Coroutine[Any, Any, None]], None]
LIVE = b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Running:
    return uvloop.run if request.param == "uvloop" else asyncio.run


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


class Served:
    """A server that runs, and those who connect to it."""

    def __init__(self, server: Serving, path: Path) -> None:
        self.server, self._path, self._peers = server, path, list[Peer]()

    async def peer(self) -> Peer:
        self._peers.append(Peer(*await asyncio.open_unix_connection(str(self._path))))
        return self._peers[-1]

    def leave(self) -> None:
        for one in self._peers:
            one.writer.close()


@asynccontextmanager
async def served(screen: Screen, folder: Path) -> AsyncIterator[Served]:
    path = folder / "http.sock"
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))
        server = serving(screen.app)
        running = asyncio.create_task(server.serve(sockets=[opened]))
        one = Served(server, path)
        try:
            while not server.started:
                await asyncio.sleep(0.01)
            yield one
        finally:
            one.leave()
            server.should_exit = True
            await asyncio.wait_for(running, 5)


def post(screen: Screen, path: str, scope: Scope, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {screen.key[scope]}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


def call(screen: Screen, caller: str = BAD) -> bytes:
    body = json.dumps({"call_id": "c", "caller": caller, "callee": GOOD, "trunk": "MSC-1"})
    return post(screen, "/v1/screen/call", Scope.CALL, body.encode())


def with_peer(run: Running, screen: Screen, folder: Path, does: Callable[[Served, Peer], Awaitable[None]]) -> None:
    async def whole() -> None:
        async with served(screen, folder) as one:
            await does(one, await one.peer())

    run(whole())


def test_a_call_is_answered_and_the_connection_kept(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: Served, peer: Peer) -> None:
        for caller, treatment in ((BAD, "refuse"), (GOOD, "allow")):
            peer.send(call(screen, caller))
            status, body = await peer.answer()
            assert (status, json.loads(body)["treatment"]) == (200, treatment)

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_request_in_pieces_is_put_together(run: Running, screen: Screen, tmp_path: Path, size: int) -> None:
    async def does(_: Served, peer: Peer) -> None:
        data = call(screen)
        for at in range(0, len(data), size):
            peer.send(data[at : at + size])
            await asyncio.sleep(0)
        assert (await peer.answer())[0] == 200

    with_peer(run, screen, tmp_path, does)


def test_requests_sent_behind_each_other_are_answered_in_order(run: Running, screen: Screen, tmp_path: Path) -> None:
    values = json.dumps({"values": [BAD] * 300}).encode()
    many = post(screen, "/v1/lookup/phone_number", Scope.LOOKUP, values)

    async def does(_: Served, peer: Peer) -> None:
        peer.send(call(screen) + LIVE + many + call(screen, GOOD) + LIVE * 50)
        assert json.loads((await peer.answer())[1])["treatment"] == "refuse"
        assert await peer.answer() == (200, b'{"state":"live"}')
        assert len(json.loads((await peer.answer())[1])["results"]) == 300
        assert json.loads((await peer.answer())[1])["treatment"] == "allow"
        assert [await peer.answer() for _ in range(50)] == [(200, b'{"state":"live"}')] * 50

    with_peer(run, screen, tmp_path, does)


class Waits:
    """A screener that asks a register first, and is answered when the test says so."""

    def __init__(self) -> None:
        self.then: list[Callable[[Decision], None]] = []

    def call(self, attempt: Attempt, then: Callable[[Decision], None]) -> None:
        self.then.append(then)


def test_a_call_that_waits_lets_others_pass(run: Running, screen: Screen, tmp_path: Path) -> None:
    waits = Waits()
    screen.parts.screener = waits

    async def does(one: Served, peer: Peer) -> None:
        peer.send(call(screen))
        other = await one.peer()
        other.send(LIVE)
        assert (await other.answer())[0] == 200
        waits.then[0](Decision(Treatment.WITHHOLD))
        assert json.loads((await peer.answer())[1])["treatment"] == "withhold"

    with_peer(run, screen, tmp_path, does)


def test_a_server_that_stops_does_not_wait_for_ever(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOPPING_SECONDS", 0)
    screen.parts.screener = Waits()

    async def does(_: Served, peer: Peer) -> None:
        peer.send(call(screen))
        await asyncio.sleep(0.05)

    with_peer(run, screen, tmp_path, does)


def test_a_head_that_grows_too_long_is_refused(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: Served, peer: Peer) -> None:
        peer.send(LIVE[:-2])
        await peer.send_slowly(b"x-more: " + b"y" * 1_014 + b"\r\n", LONGEST_HEAD // 1_024)
        assert (await peer.ends()).startswith(b"HTTP/1.1 431 ")

    with_peer(run, screen, tmp_path, does)


def test_an_address_that_never_ends_is_refused(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: Served, peer: Peer) -> None:
        peer.send(b"GET /")
        await peer.send_slowly(b"a" * 1_024, LONGEST_HEAD // 1_024)
        assert (await peer.ends()).startswith(b"HTTP/1.1 431 ")

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize(
    "garbage", [b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET /\xff HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_request_is_refused_and_writes_no_line(
    run: Running, screen: Screen, tmp_path: Path, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def does(_: Served, peer: Peer) -> None:
        peer.send(garbage)
        assert (await peer.ends()).startswith(b"HTTP/1.1 400 ")

    with_peer(run, screen, tmp_path, does)
    assert caplog.records == []


def test_garbage_behind_a_request_ends_the_connection(
    run: Running, screen: Screen, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def does(_: Served, peer: Peer) -> None:
        peer.send(LIVE * 20 + b"\x00\x01\r\n\r\n" + LIVE)
        assert (await peer.ends()).endswith(b"Invalid HTTP request received.")

    with_peer(run, screen, tmp_path, does)
    assert caplog.records == []


def test_a_body_that_nobody_reads_ends_the_connection(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: Served, peer: Peer) -> None:
        peer.send(b"POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n")
        assert (await peer.answer())[0] == 404
        await peer.send_slowly(b"x" * 1_024, LONGEST_HEAD // 1_024 + 1)
        assert await peer.ends() == b""

    with_peer(run, screen, tmp_path, does)


def test_a_body_above_its_limit_ends_the_connection(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: Served, peer: Peer) -> None:
        peer.send(post(screen, "/v1/screen/call", Scope.CALL, b" " * 20_000))
        assert (await peer.ends()).startswith(b"HTTP/1.1 413 ")

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize("sent", [b"", b"GET /heal", b"\r\n\r\n", LIVE + b"GET /"])
def test_who_begins_nothing_or_ends_nothing_is_not_waited_for(
    run: Running, screen: Screen, tmp_path: Path, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOWEST_HEAD_SECONDS", 0.05)

    async def does(one: Served, peer: Peer) -> None:
        peer.send(sent)
        await asyncio.sleep(0.02)
        one.server.sweep()
        assert len(one.server.server_state.connections) == 1, "not yet"
        await asyncio.sleep(0.06)
        one.server.sweep()
        await peer.ends()

    with_peer(run, screen, tmp_path, does)


def test_a_connection_between_two_requests_is_kept_for_its_time(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT_OPEN_SECONDS", 0.1)

    async def does(one: Served, peer: Peer) -> None:
        for _ in range(2):
            peer.send(LIVE)
            assert (await peer.answer())[0] == 200
            one.server.sweep()
        await asyncio.sleep(0.12)
        one.server.sweep()
        assert await peer.ends() == b""

    with_peer(run, screen, tmp_path, does)


def test_one_who_waits_for_an_answer_is_not_swept_away(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOWEST_HEAD_SECONDS", 0.0)
    monkeypatch.setattr(module, "KEPT_OPEN_SECONDS", 0.0)
    waits = Waits()
    screen.parts.screener = waits

    async def does(one: Served, peer: Peer) -> None:
        peer.send(call(screen))
        await asyncio.sleep(0.02)
        one.server.sweep()
        waits.then[0](Decision(Treatment.LABEL))
        assert (await peer.answer())[0] == 200

    with_peer(run, screen, tmp_path, does)


def test_uvicorn_sweeps_once_a_second(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLOWEST_HEAD_SECONDS", 0.0)

    async def does(_: Served, peer: Peer) -> None:
        assert await asyncio.wait_for(peer.ends(), 3) == b""

    with_peer(run, screen, tmp_path, does)


def test_signals_are_left_to_the_owner(run: Running, screen: Screen, tmp_path: Path) -> None:
    before, seen = signal.getsignal(signal.SIGTERM), list[object]()

    async def does(_: Served, peer: Peer) -> None:
        seen.append(signal.getsignal(signal.SIGTERM))

    with_peer(run, screen, tmp_path, does)
    assert seen == [before]
