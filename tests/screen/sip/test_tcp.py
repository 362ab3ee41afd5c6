"""Messages are cut out of a stream wherever it is broken up, and no connection holds its place for nothing."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import cache
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.screen.sip.calls import ALLOW, FakeDecider, request, server

from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import LoopWatch, OverloadControl
from fanzha.screen.reasons import LATE
from fanzha.screen.settings import ScreenSettings
from fanzha.screen.sip import tcp
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.tcp import Connection, ConnectionPool, serve_stream

STREAM = Listener("stream", "192.0.2.9", protocol="tcp")
MESSAGES = b"".join(
    (
        request("Call-ID: one", body="v=0\r\n\r\n"),
        b"\r\n\r\n",
        request("Call-ID: two"),
        request("CSeq: 1 OPTIONS", "Call-ID: three", line="OPTIONS sip:192.0.2.9 SIP/2.0"),
    )
)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Connection], Awaitable[bytes]]


def over_stream(talk: Talk, desk: FakeDecider | None = None, listener: Listener = STREAM) -> bytes:
    """Talk to a connection over a pair of local sockets."""

    async def run() -> bytes:
        near, far = socket.socketpair()
        connections = ConnectionPool()
        transport, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(server(listener, desk), connections), sock=near
        )
        reader, writer = await asyncio.open_connection(sock=far)
        heard = await asyncio.wait_for(talk(reader, writer, connection), 20)
        writer.close()
        await writer.wait_closed()
        transport.close()
        await asyncio.sleep(0)
        return heard

    return asyncio.run(run())


def sent(*pieces: bytes) -> bytes:
    """Return all that is answered to a stream that comes in pieces."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection) -> bytes:
        for piece in pieces:
            connection.data_received(piece)
        connection._transport.close()
        return await reader.read()

    return over_stream(talk)


@cache
def whole() -> bytes:
    """Return what is answered to MESSAGES in one piece; the first call compiles the scan."""
    return sent(MESSAGES)


SMUGGLED = request("Call-ID: smuggled").decode()


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 0", f"l: {len(SMUGGLED)}"),
        (f"Content-Length: {len(SMUGGLED)}", "l: 0"),
        ("Content-Length: 0", "Content-Length: 0"),
        ("To: <", f"Content-Length: {len(SMUGGLED)}x"),
        ("no field", f"Content-Length: -{len(SMUGGLED)}"),
        ("no field", f"Content-Length: +{len(SMUGGLED)}"),
        ("no field", "Content-Length:"),
    ],
)
def test_no_body_of_a_doubtful_length_passes_for_a_message(headers: tuple[str, ...]) -> None:
    head = request().replace(b"\r\nContent-Length: 0", "".join(f"\r\n{header}" for header in headers).encode())
    for pieces in ((head, SMUGGLED.encode()), (head + SMUGGLED.encode(),)):
        answers = sent(*pieces)
        assert answers.startswith(b"SIP/2.0 400 ") and b"smuggled" not in answers


@pytest.mark.parametrize("length", ["Subject: x", "Content-Length: x", f"l: {len(SMUGGLED)}\r\nl: 0"])
def test_no_body_of_a_response_passes_for_a_message(length: str) -> None:
    head = request(line="SIP/2.0 200 OK").replace(b"Content-Length: 0", length.encode())
    assert sent(head, SMUGGLED.encode()) == b""


def test_a_message_with_a_fault_does_not_close_the_connection() -> None:
    answers = sent(request("Call-ID: one", "To: <"), request("Call-ID: two"))
    assert b"SIP/2.0 400 " in answers and b"Call-ID: two" in answers


def test_messages_that_come_together_are_answered_in_order() -> None:
    assert [line for line in whole().split(b"\r\n") if line.startswith((b"SIP", b"Call-ID"))] == [
        b"SIP/2.0 302 Moved Temporarily",
        b"Call-ID: one",
        b"SIP/2.0 302 Moved Temporarily",
        b"Call-ID: two",
        b"SIP/2.0 200 OK",
        b"Call-ID: three",
    ]


@given(st.lists(st.integers(0, len(MESSAGES)), max_size=6))
def test_a_stream_is_answered_alike_wherever_it_is_broken_up(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(MESSAGES)]
    pieces = [MESSAGES[start:end] for start, end in zip(places, places[1:], strict=False) if end > start]
    assert sent(*pieces).replace(b"\r\n\r\n\r\n", b"\r\n\r\n") == whole().replace(b"\r\n\r\n\r\n", b"\r\n\r\n")


def test_a_stream_may_trickle_in_byte_by_byte() -> None:
    answers = sent(*(MESSAGES[position : position + 1] for position in range(len(MESSAGES))))
    assert answers.count(b"SIP/2.0 302") == 2 and answers.count(b"SIP/2.0 200") == 1


def test_a_ping_is_answered_by_a_pong() -> None:
    assert sent(b"\r\n\r\n") == b"\r\n"


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (request("Content-Length"), b"SIP/2.0 400 Missing or Malformed Content-Length"),
        (request("Content-Length: x"), b"SIP/2.0 400 Missing or Malformed Content-Length"),
        (request("Content-Length: 99999"), b"SIP/2.0 513 Message Too Large"),
        (b"GET / HTTP/1.1\r\n\r\n", b""),
        (b"x" * 70_000, b""),
        (request("From"), b"SIP/2.0 400 Missing or Malformed From"),
        (request("Subject: x\ny"), b"SIP/2.0 400 Malformed Line End"),
        (request().replace(b"\r\n", b"\n"), b"SIP/2.0 400 Malformed Line End"),
    ],
)
def test_a_stream_is_closed_where_nobody_can_tell_the_next_message(message: bytes, answer: bytes) -> None:
    assert sent(message).startswith(answer)


@pytest.mark.parametrize("line_end", [b"\n", b"\r"])
def test_a_message_with_malformed_line_ends_may_trickle_in(line_end: bytes) -> None:
    message = request().replace(b"\r\n", line_end) + b"x"
    answer = sent(*(message[position : position + 1] for position in range(len(message))))
    assert answer.startswith(b"SIP/2.0 400 Malformed Line End\r\n") and answer.count(b"SIP/2.0 ") == 1


def test_after_a_lost_message_nothing_more_is_answered() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection) -> bytes:
        writer.write(request("Content-Length: x") + request("Call-ID: hidden"))
        return await reader.read()

    assert over_stream(talk).count(b"SIP/2.0 ") == 1


def test_a_message_that_does_not_become_whole_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection) -> bytes:
        writer.write(request()[:100])
        return await reader.read()

    monkeypatch.setattr(tcp, "CHECK_SECONDS", 0.02)
    assert over_stream(talk) == b""


def test_a_connection_that_says_nothing_is_closed_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection) -> bytes:
        return await reader.read()

    monkeypatch.setattr(tcp, "CHECK_SECONDS", 0.001)
    monkeypatch.setattr(tcp, "IDLE_CHECKS", 3)
    assert over_stream(talk) == b""


async def connect(address: tuple[str, int], count: int) -> list[asyncio.StreamWriter]:
    """Open connections that send half a message each."""
    writers = []
    for _ in range(count):
        _, writer = await asyncio.open_connection(*address)
        writer.write(request()[:100])
        writers.append(writer)
    return writers


@pytest.mark.parametrize("limit", ["MAX_CONNECTIONS", "MAX_OF_PEER"])
def test_half_sent_messages_keep_no_other_connection_out(
    limit: str, socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, limit, 4)

    async def run() -> None:
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            serving = await serve_stream(listening, server(STREAM))
            reader, good = await asyncio.open_connection(*listening.getsockname())
            half_sent = []
            for number in range(6):
                half_sent += await connect(listening.getsockname(), 2)
                good.write(request(f"Call-ID: good{number}"))
                assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).startswith(b"SIP/2.0 302")
            late_reader, late = await asyncio.open_connection(*listening.getsockname())
            late.write(request("Call-ID: late"))
            assert (await asyncio.wait_for(late_reader.readuntil(b"\r\n\r\n"), 5)).startswith(b"SIP/2.0 302")
            for writer in (*half_sent, good, late):
                writer.close()
            serving.close()
            await serving.wait_closed()

    asyncio.run(run())


def test_who_does_not_take_his_answers_is_not_read() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection) -> bytes:
        connection.pause_writing()
        writer.write(request())
        await writer.drain()
        await asyncio.sleep(0.02)
        assert reader.at_eof() is False
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.02)
        connection.resume_writing()
        return await reader.readuntil(b"\r\n\r\n")

    assert over_stream(talk).startswith(b"SIP/2.0 302")


def test_a_stranger_is_not_let_in() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: Connection) -> bytes:
        return await reader.read()

    assert over_stream(talk, listener=replace(STREAM, peers=(ip_network("192.0.2.0/30"),))) == b""


def test_a_call_that_waited_past_the_shipped_limit_is_late(socket_enabled: None) -> None:
    limit = ScreenSettings().overload.late_ms
    late = list[str]()

    def spill(_attempt: CallAttempt, why: str) -> Decision:
        late.append(why)
        return ALLOW._replace(screened=False)

    async def run() -> bytes:
        overload = OverloadControl(0.8 * limit, limit)
        with socket.create_server(("127.0.0.1", 0)) as opened:
            watch = LoopWatch(overload)
            serving = await tcp.serve_stream(
                opened, RedirectServer(STREAM, FakeDecider().decide, DecisionCache(), overload, spill=spill)
            )
            reader, writer = await asyncio.open_connection(*opened.getsockname())
            await asyncio.sleep(0.05)
            writer.write(request())
            time.sleep(limit / 1e3 + 0.05)  # nothing is read meanwhile
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.close()
            watch.close()
            serving.close()
            return answer

    answer = asyncio.run(run())
    assert late == [LATE] and b"X-Fanzha-Screened: no\r\n" in answer
