"""Over TCP a call goes to the next hop on a kept connection, and its responses come back by the caller's own."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.screen.sip.calls import FakeDecider, request

from fanzha.screen.overload import OverloadControl
from fanzha.screen.sip import tcp_hops
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.next_hops import Hop, NextHops
from fanzha.screen.sip.proxy import ProxyOptions, ProxyServer
from fanzha.screen.sip.retransmissions import DecisionCache
from fanzha.screen.sip.tcp_hops import TcpHops, serve_proxy_stream

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NextHop:
    """A next hop that accepts connections and keeps them."""

    def __init__(self) -> None:
        self.accepted: asyncio.Queue[Streams] = asyncio.Queue()
        self.count = 0

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.count += 1
        await self.accepted.put((reader, writer))


@asynccontextmanager
async def proxy_between(next_port: int) -> AsyncIterator[tuple[int, ProxyServer, TcpHops]]:
    """Run a proxy over TCP in front of a port."""
    opened = socket.create_server(("127.0.0.1", 0))
    opened.setblocking(False)
    port = opened.getsockname()[1]
    hops = NextHops("127.0.0.1", port, "tcp", next_hop=Hop("127.0.0.1", next_port))
    server = ProxyServer(
        Listener("tas", "127.0.0.1", port, "tcp"),
        FakeDecider().decide,
        DecisionCache(),
        OverloadControl(),
        ProxyOptions(hops, b"k" * 32),
    )
    serving, connections = await serve_proxy_stream(opened, server)
    try:
        yield port, server, connections
    finally:
        connections.close()
        serving.close()


def call(number: int) -> bytes:
    via = f"Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK{number}"
    return request(via, f"Call-ID: {number}", body="v=0\r\n")


async def read_message(reader: asyncio.StreamReader) -> bytes:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


def ringing(forwarded: bytes) -> bytes:
    lines = forwarded.decode().split("\r\n")
    kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "To", "Call-ID", "CSeq")]
    return "\r\n".join(["SIP/2.0 180 Ringing", *kept, "Content-Length: 0", "", ""]).encode()


def test_calls_share_a_connection_and_responses_find_their_caller(socket_enabled: None) -> None:
    async def run() -> None:
        beyond = NextHop()
        listening = await asyncio.start_server(beyond.accept, "127.0.0.1", 0)
        async with proxy_between(listening.sockets[0].getsockname()[1]) as (port, server, _):
            callers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
            for number, (_, writer) in enumerate(callers):
                writer.write(call(number))
            reader, writer = await asyncio.wait_for(beyond.accepted.get(), 5)
            forwarded = [await read_message(reader) for _ in callers]
            assert all(b"Via: SIP/2.0/TCP 127.0.0.1:%d;branch=z9hG4bKfz" % port in text for text in forwarded)
            for text in reversed(forwarded):
                writer.write(ringing(text))
            for number, (answers, _) in enumerate(callers):
                answer = await read_message(answers)
                assert answer.startswith(b"SIP/2.0 180 ") and b"\r\nCall-ID: %d\r\n" % number in answer
                assert b"bKfz" not in answer
            assert (beyond.count, server.counts.forwarded, server.counts.relayed) == (1, 2, 2)
            for _, closed in [*callers, (reader, writer)]:
                closed.close()
        listening.close()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_next_hop_that_cannot_be_reached_is_answered_with_503(socket_enabled: None) -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as unused:
            port_of_nobody = unused.getsockname()[1]
        async with proxy_between(port_of_nobody) as (port, server, connections):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(call(1))
            assert (await read_message(reader)).startswith(b"SIP/2.0 503 Service Unavailable\r\n")
            assert (connections.failed, server.counts.answers[503]) == (1, 1)
            writer.close()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_response_whose_caller_has_gone_goes_to_his_via(socket_enabled: None) -> None:
    async def run() -> None:
        beyond, caller = NextHop(), NextHop()
        listening = await asyncio.start_server(beyond.accept, "127.0.0.1", 0)
        called_back = await asyncio.start_server(caller.accept, "127.0.0.1", 0)
        async with proxy_between(listening.sockets[0].getsockname()[1]) as (port, _, _):
            _, leaving = await asyncio.open_connection("127.0.0.1", port)
            via_port = b"127.0.0.1:%d" % called_back.sockets[0].getsockname()[1]
            leaving.write(call(1).replace(b"127.0.0.1:5060", via_port))
            reader, writer = await asyncio.wait_for(beyond.accepted.get(), 5)
            forwarded = await read_message(reader)
            leaving.close()
            await leaving.wait_closed()
            await asyncio.sleep(0.05)
            writer.write(ringing(forwarded))
            answers, answering = await asyncio.wait_for(caller.accepted.get(), 5)
            assert (await read_message(answers)).startswith(b"SIP/2.0 180 ")
            answering.close()
            writer.close()
        listening.close()
        called_back.close()

    asyncio.run(asyncio.wait_for(run(), 30))


async def drain_loop() -> None:
    for _ in range(5):
        await asyncio.sleep(0.01)


def test_a_caller_who_does_not_read_his_responses_is_cut_off(
    socket_enabled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        beyond = NextHop()
        listening = await asyncio.start_server(beyond.accept, "127.0.0.1", 0)
        async with proxy_between(listening.sockets[0].getsockname()[1]) as (port, server, connections):
            caller = socket.create_connection(("127.0.0.1", port))
            caller.sendall(call(1))
            reader, writer = await asyncio.wait_for(beyond.accepted.get(), 5)
            number = int((await read_message(reader)).partition(b"fz-connection=")[2].split(b"\r\n")[0])
            monkeypatch.setattr(tcp_hops, "MAX_UNSENT", 100_000)
            for _ in range(400):
                connections.reply(number, b"x" * 60_000, "127.0.0.1", 9)
            await drain_loop()
            assert connections.failed > 0
            with contextlib.suppress(ConnectionError):
                while caller.recv(1 << 20):  # until it ends
                    pass
            caller.close()
            writer.close()
        listening.close()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_closed_connections_are_not_remembered(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp_hops, "MAX_KEPT", 2)

    async def run() -> None:
        async with proxy_between(9) as (_, _, connections):
            for _ in range(6):
                with socket.create_server(("127.0.0.1", 0)) as called_back:
                    connections.send(b"x", *called_back.getsockname()[:2])
                    await drain_loop()
                    called_back.accept()[0].close()
                    await drain_loop()
            assert len(connections._open) <= 2

    asyncio.run(asyncio.wait_for(run(), 30))


def test_what_waits_for_a_silent_next_hop_is_bounded(socket_enabled: None) -> None:
    async def run() -> None:
        async with proxy_between(9) as (_, _, connections):
            failures: list[int] = []
            half = b"x" * (tcp_hops.MAX_UNSENT // 2)
            for number in range(4):
                connections.send(half, "127.0.0.1", 9, lambda number=number: failures.append(number))  # type: ignore[misc]
            assert failures == [2, 3]

    asyncio.run(asyncio.wait_for(run(), 30))
