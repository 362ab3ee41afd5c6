"""The proxy connects to allowed addresses only, counts bytes, and ends everything when a budget is used up."""

import asyncio
import socket
import struct
import threading

import pytest

from fanzha.base.outgoing_request import PrivateAddressPolicy, RequestFailed
from fanzha.collect.pages.address_book import AddressBook, AllowedAddress
from fanzha.collect.pages.filtering_proxy import FilteringProxy


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    pass


async def ask(listener_port: int, host: str, port: int = 80, send: bytes = b"") -> tuple[int, bytes]:
    """Ask the proxy for a connection; return its reply code (-1: closed) and what came until the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listener_port)
    try:
        name = host.encode()
        writer.write(b"\x05\x01\x00" + b"\x05\x01\x00\x03" + bytes([len(name)]) + name + struct.pack(">H", port))
        await reader.readexactly(2)
        try:
            reply = await reader.readexactly(10)
        except (asyncio.IncompleteReadError, ConnectionError):
            return -1, b""
        if reply[1] == 0:
            writer.write(send)
        try:
            return reply[1], await reader.read(-1)
        except ConnectionError:
            return reply[1], b""
    finally:
        writer.close()


def run(
    host: str,
    *,
    port: int = 80,
    answer: bytes = b"hello",
    local: bool = True,
    most_bytes: int = 1_000_000,
    times: int = 1,
) -> tuple[list[tuple[int, bytes]], FilteringProxy]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4)
        writer.write(answer)
        try:
            await writer.drain()
        finally:
            writer.close()

    async def main() -> tuple[list[tuple[int, bytes]], FilteringProxy]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        far_port = server.sockets[0].getsockname()[1]
        book = AddressBook(PrivateAddressPolicy(local, "x"), frozenset({80}), {"site.example": f"127.0.0.1:{far_port}"})
        proxy = FilteringProxy(book, most_bytes)
        listener = socket.create_server(("127.0.0.1", 0))
        near_port = listener.getsockname()[1]
        async with server, proxy.serve(listener):
            answers = [await ask(near_port, host, port, b"ping") for _ in range(times)]
        return answers, proxy

    return asyncio.run(main())


def test_an_allowed_host_is_reached_and_counted() -> None:
    answers, proxy = run("site.example")
    assert answers == [(0, b"hello")]
    (facts,) = proxy.connections()
    assert (facts.host, facts.address, facts.received, facts.sent, facts.refused) == (
        "site.example",
        "127.0.0.1",
        5,
        4,
        "",
    )


@pytest.mark.parametrize(("host", "local"), [("127.0.0.1", False), ("169.254.169.254", False), ("10.0.0.1", False)])
def test_private_addresses_are_refused_with_the_reason(host: str, local: bool) -> None:
    answers, proxy = run(host, local=local)
    assert answers == [(2, b"")]
    assert "local" in proxy.connections()[0].refused or "network" in proxy.connections()[0].refused


def test_other_ports_are_refused() -> None:
    answers, proxy = run("site.example", port=25)
    assert answers == [(2, b"")] and proxy.connections()[0].refused == "port 25 is not allowed"


def test_a_spent_budget_ends_everything() -> None:
    answers, proxy = run("site.example", answer=bytes(300_000), most_bytes=100_000, times=2)
    assert proxy.spent.is_set() and proxy.reason == "bytes"
    assert answers[1] == (-1, b"") and "used up" in proxy.connections()[1].refused


def test_what_is_no_request_is_closed() -> None:
    async def main() -> bytes:
        proxy = FilteringProxy(AddressBook(PrivateAddressPolicy(False, "x"), frozenset(), {}), 1)
        listener = socket.create_server(("127.0.0.1", 0))
        async with proxy.serve(listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(b"GET / HTTP/1.1\r\n\r\n" + bytes(200))
            try:
                return await reader.read(-1)
            except ConnectionError:
                return b""
            finally:
                writer.close()

    assert asyncio.run(main()) == b""


def test_names_that_nobody_answers_for_hold_up_nothing_else() -> None:
    released = threading.Event()

    class SilentBook(AddressBook):
        def find(self, host: str, port: int, deadline: float) -> AllowedAddress:
            released.wait(10)
            raise RequestFailed("the name is not found")

    async def main() -> str:
        book = SilentBook(PrivateAddressPolicy(True, "x"), frozenset({80}), {})
        proxy, listener = FilteringProxy(book, 1_000), socket.create_server(("127.0.0.1", 0))
        async with proxy.serve(listener):
            port = listener.getsockname()[1]
            asking = [asyncio.create_task(ask(port, f"{number}.slow.example")) for number in range(40)]
            while len(proxy.connections()) < 40:
                await asyncio.sleep(0.01)
            try:
                return await asyncio.wait_for(asyncio.to_thread(str, "free"), 2)
            finally:
                released.set()
                await asyncio.gather(*asking)

    assert asyncio.run(main()) == "free"
