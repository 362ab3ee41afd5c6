"""The zone server answers by UDP, and writes the zone as a file that others may read."""

import asyncio
import sqlite3
from pathlib import Path
from typing import cast

import dns.message
import dns.rcode
import dns.zone
import pytest

from fanzha.deliver import zone_server
from fanzha.deliver.zone_server import Socket, ZoneServer, parse_socket, write_zone_file
from fanzha.store.policy_zone import NameDecision, PolicyZoneStore, open_zone
from fanzha.store.zone_settings import ZoneSettings

SETTINGS = ZoneSettings(name="rpz.example")


def ask(server: ZoneServer, kind: str) -> dns.message.Message:
    answer = server.answer_datagram(dns.message.make_query("rpz.example", kind).to_wire())
    assert answer is not None
    return dns.message.from_wire(answer)


def test_by_udp_the_serial_is_told_and_nothing_is_transferred(tmp_path: Path) -> None:
    server = ZoneServer(SETTINGS, tmp_path)
    assert ask(server, "SOA").rcode() == dns.rcode.SERVFAIL  # there is no version yet
    with open_zone(SETTINGS.profile(), tmp_path) as zone:
        version = zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)
    assert version is not None and ask(server, "SOA").answer[0][0].serial == version.serial
    assert ask(server, "AXFR").rcode() == ask(server, "A").rcode() == dns.rcode.REFUSED
    assert server.answer_datagram(b"nothing") is None


class WrittenBytes:
    """Keeps what is written to a connection."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        """Keep bytes."""
        self.data += data

    async def drain(self) -> None:
        """Nothing waits."""


def test_who_may_not_load_the_zone_costs_no_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ZoneServer(SETTINGS, tmp_path)
    with open_zone(SETTINGS.profile(), tmp_path) as zone:
        version = zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)
    assert version is not None
    stream = WrittenBytes()

    async def inside() -> dns.message.Message:
        watching = asyncio.create_task(server._watch_versions())
        await asyncio.sleep(0)
        monkeypatch.setattr(zone_server, "open_zone", None)  # nothing can be opened
        answer = ask(server, "SOA")
        for kind in ("SOA", "AXFR"):
            wire = dns.message.make_query("rpz.example", kind).to_wire()
            await server._answer_stream(wire, "192.0.2.9", cast(asyncio.StreamWriter, stream))
        watching.cancel()
        return answer

    assert asyncio.run(inside()).answer[0][0].serial == version.serial
    size = int.from_bytes(stream.data[:2], "big")
    assert dns.message.from_wire(stream.data[2 : 2 + size]).answer[0][0].serial == version.serial
    assert dns.message.from_wire(stream.data[4 + size :]).rcode() == dns.rcode.REFUSED


def test_a_zone_that_is_locked_does_not_end_a_transfer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ZoneSettings(name="rpz.example", transfer_without_key=("192.0.2.0/24",))
    with open_zone(settings.profile(), tmp_path) as zone:
        zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(PolicyZoneStore, "record_transfer", refuse)
    wire, stream = dns.message.make_query("rpz.example", "AXFR").to_wire(), WrittenBytes()
    server = ZoneServer(settings, tmp_path)
    asyncio.run(server._answer_stream(wire, "192.0.2.9", cast(asyncio.StreamWriter, stream)))
    assert len(dns.message.from_wire(stream.data[2:]).answer) > 1


def test_the_zone_is_written_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rpz.zone"
    with open_zone(SETTINGS.profile(), tmp_path) as zone:
        assert write_zone_file(zone, SETTINGS.profile(), path) == 0
        version = zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)
        assert version is not None and write_zone_file(zone, SETTINGS.profile(), path) == version.serial
    dns.zone.from_text(path.read_text(), origin="rpz.example", relativize=False).verify_digest()
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_zone_file_that_cannot_be_written_does_not_end_the_server(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = ZoneSettings(name="rpz.example", zone_file=str(tmp_path / "missing" / "rpz.zone"))
    with open_zone(settings.profile(), tmp_path) as zone:
        zone.add({"a": NameDecision("bad.example", 2**52)}, 1_000_000)
    asyncio.run(ZoneServer(settings, tmp_path)._announce())
    assert "could not be written" in caplog.text


@pytest.mark.usefixtures("socket_enabled")
def test_one_address_holds_no_more_than_its_share_of_connections(tmp_path: Path) -> None:
    async def inside() -> bytes:
        zone = ZoneServer(SETTINGS, tmp_path)
        server = await asyncio.start_server(zone._serve_connection, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(10)]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            last = await asyncio.wait_for(reader.read(), 3)
            for _, other in [*held, (reader, writer)]:
                other.close()
            while zone._connections:
                await asyncio.sleep(0)
        return last

    assert asyncio.run(inside()) == b""  # closed at once


def test_sockets_are_parsed() -> None:
    assert parse_socket("127.0.0.1:53") == Socket("127.0.0.1", 53)
    assert parse_socket("[2001:db8::1]:5300") == Socket("2001:db8::1", 5300)
