"""Over Unix sockets: whole requests are answered at once and in order, slow and endless ones are ended."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.screen.http.client import BAD, GOOD, Screen
from tests.screen.http.running_server import LIVE, Peer, PendingScreener, Running, RunningServer, call, post, with_peer

from fanzha.claims.treatment import Treatment
from fanzha.screen.decision import Decision
from fanzha.screen.http import protocol
from fanzha.screen.http.protocol import LONGEST_HEAD
from fanzha.store.screen_keys import KeyScope


def test_a_call_is_answered_and_the_connection_kept(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        for caller, treatment in ((BAD, "refuse"), (GOOD, "allow")):
            peer.send(call(screen, caller))
            status, body = await peer.answer()
            assert (status, json.loads(body)["treatment"]) == (200, treatment)

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_request_in_pieces_is_put_together(run: Running, screen: Screen, tmp_path: Path, size: int) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        data = call(screen)
        for at in range(0, len(data), size):
            peer.send(data[at : at + size])
            await asyncio.sleep(0)
        assert (await peer.answer())[0] == 200

    with_peer(run, screen, tmp_path, does)


def test_head_and_body_of_an_answer_go_together() -> None:
    class Wire:
        def __init__(self) -> None:
            self.writes: list[bytes] = []
            self.closed = False

        def write(self, data: bytes) -> None:
            self.writes.append(data)

        def close(self) -> None:
            self.closed = True

        def is_closing(self) -> bool:
            return self.closed

        def get_extra_info(self, name: str) -> None:
            return None

    wire = Wire()
    gathering = protocol.BufferedTransport(wire)
    gathering.write(b"a")
    gathering.hold()
    gathering.write(b"b")
    gathering.write(b"c")
    assert wire.writes == [b"a"]
    gathering.release()
    gathering.hold()
    gathering.write(b"d")
    gathering.close()
    gathering.release()
    assert wire.writes == [b"a", b"bc", b"d"] and gathering.is_closing()


def test_requests_sent_behind_each_other_are_answered_in_order(run: Running, screen: Screen, tmp_path: Path) -> None:
    values = json.dumps({"values": [BAD] * 300}).encode()
    many = post(screen, "/v1/lookup/phone_number", KeyScope.LOOKUP, values)

    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(call(screen) + LIVE + many + call(screen, GOOD) + LIVE * 50)
        assert json.loads((await peer.answer())[1])["treatment"] == "refuse"
        assert await peer.answer() == (200, b'{"state":"live"}')
        assert len(json.loads((await peer.answer())[1])["results"]) == 300
        assert json.loads((await peer.answer())[1])["treatment"] == "allow"
        assert [await peer.answer() for _ in range(50)] == [(200, b'{"state":"live"}')] * 50

    with_peer(run, screen, tmp_path, does)


def test_a_call_that_waits_lets_others_pass(run: Running, screen: Screen, tmp_path: Path) -> None:
    waits = PendingScreener()
    screen.parts.screener = waits

    async def does(running_server: RunningServer, peer: Peer) -> None:
        peer.send(call(screen))
        second_peer = await running_server.peer()
        second_peer.send(LIVE)
        assert (await second_peer.answer())[0] == 200
        waits.then[0](Decision(Treatment.WITHHOLD))
        assert json.loads((await peer.answer())[1])["treatment"] == "withhold"

    with_peer(run, screen, tmp_path, does)


def test_a_head_that_grows_too_long_is_refused(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(LIVE[:-2])
        await peer.send_slowly(b"x-more: " + b"y" * 1_014 + b"\r\n", LONGEST_HEAD // 1_024)
        assert (await peer.ends()).startswith(b"HTTP/1.1 431 ")

    with_peer(run, screen, tmp_path, does)


def test_an_address_that_never_ends_is_refused(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
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
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(garbage)
        assert (await peer.ends()).startswith(b"HTTP/1.1 400 ")

    with_peer(run, screen, tmp_path, does)
    assert caplog.records == []


def test_garbage_behind_a_request_ends_the_connection(
    run: Running, screen: Screen, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(LIVE * 20 + b"\x00\x01\r\n\r\n" + LIVE)
        assert (await peer.ends()).endswith(b"Invalid HTTP request received.")

    with_peer(run, screen, tmp_path, does)
    assert caplog.records == []


def test_a_body_that_nobody_reads_ends_the_connection(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(b"POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 100000000\r\n\r\n")
        assert (await peer.answer())[0] == 404
        await peer.send_slowly(b"x" * 1_024, LONGEST_HEAD // 1_024 + 1)
        assert await peer.ends() == b""

    with_peer(run, screen, tmp_path, does)


def test_a_body_above_its_limit_ends_the_connection(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(post(screen, "/v1/screen/call", KeyScope.CALL, b" " * 40_000))
        assert (await peer.ends()).startswith(b"HTTP/1.1 413 ")

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize("sent", [b"", b"GET /heal", b"\r\n\r\n", LIVE + b"GET /"])
def test_who_begins_nothing_or_ends_nothing_is_not_waited_for(
    run: Running, screen: Screen, tmp_path: Path, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def does(running_server: RunningServer, peer: Peer) -> None:
        peer.send(sent)
        await asyncio.sleep(0.02)
        running_server.server.sweep()
        assert len(running_server.server.server_state.connections) == 1, "not yet"
        monkeypatch.setattr(protocol, "HEAD_TIMEOUT_SECONDS", 0.01)
        running_server.server.sweep()
        await peer.ends()

    with_peer(run, screen, tmp_path, does)


def test_a_connection_between_two_requests_is_kept_for_its_time(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def does(running_server: RunningServer, peer: Peer) -> None:
        for _ in range(2):
            peer.send(LIVE)
            assert (await peer.answer())[0] == 200
            running_server.server.sweep()
        await asyncio.sleep(0.02)
        monkeypatch.setattr(protocol, "KEEP_ALIVE_SECONDS", 0.01)
        running_server.server.sweep()
        assert await peer.ends() == b""

    with_peer(run, screen, tmp_path, does)


def test_one_who_waits_for_an_answer_is_not_swept_away(
    run: Running, screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_TIMEOUT_SECONDS", 0.0)
    monkeypatch.setattr(protocol, "KEEP_ALIVE_SECONDS", 0.0)
    waits = PendingScreener()
    screen.parts.screener = waits

    async def does(running_server: RunningServer, peer: Peer) -> None:
        peer.send(call(screen))
        await asyncio.sleep(0.02)
        running_server.server.sweep()
        waits.then[0](Decision(Treatment.LABEL))
        assert (await peer.answer())[0] == 200

    with_peer(run, screen, tmp_path, does)


def test_who_asks_for_the_head_alone_gets_no_body(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(LIVE.replace(b"GET", b"HEAD"))
        head = await peer.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 ") and b"content-length: 16\r\n" in head
        peer.send(LIVE)
        assert await peer.answer() == (200, b'{"state":"live"}')

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize("asks", [b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\nconnection: close\r\n"])
def test_a_connection_that_is_not_to_be_kept_ends_with_the_answer(
    run: Running, screen: Screen, tmp_path: Path, asks: bytes
) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(asks + b"host: x\r\n\r\n")
        head, body = (await peer.ends()).split(b"\r\n\r\n")
        assert b"\r\nconnection: close" in head and json.loads(body)["status"] == 404

    with_peer(run, screen, tmp_path, does)


def test_who_waits_to_be_told_to_go_on_is_told(run: Running, screen: Screen, tmp_path: Path) -> None:
    async def does(_: RunningServer, peer: Peer) -> None:
        head, body = call(screen).split(b"\r\n\r\n")
        peer.send(head + b"\r\nexpect: 100-continue\r\n\r\n")
        assert await peer.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        peer.send(body)
        assert (await peer.answer())[0] == 200

    with_peer(run, screen, tmp_path, does)


@pytest.mark.parametrize("length", [b"", b"8"])
def test_an_answer_in_pieces_is_sent_as_it_comes(run: Running, screen: Screen, tmp_path: Path, length: bytes) -> None:
    async def pieces(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["body"] == b""
        headers = [(b"Content-Length", length)] if length else []
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"once ", "more_body": True})
        await send({"type": "http.response.body", "body": b"two"})

    screen.app = pieces  # type: ignore[assignment]

    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(LIVE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        body = (await peer.ends()).partition(b"\r\n\r\n")[2]
        assert body == (b"once two" if length else b"5\r\nonce \r\n3\r\ntwo\r\n0\r\n\r\n")

    with_peer(run, screen, tmp_path, does)


def test_an_answer_of_another_length_than_it_promises_ends_the_connection(
    run: Running, screen: Screen, tmp_path: Path
) -> None:
    async def short(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"8")]})
        await send({"type": "http.response.body", "body": b"two"})

    screen.app = short  # type: ignore[assignment]

    async def does(_: RunningServer, peer: Peer) -> None:
        peer.send(LIVE)
        assert (await peer.ends()).endswith(b"\r\n\r\ntwo")

    with_peer(run, screen, tmp_path, does)
