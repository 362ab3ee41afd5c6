"""The server from which resolvers load the zone of blocked names: SOA, IXFR and AXFR, and NOTIFY of each version.

It is a hidden primary: it answers no client. Transfers are signed (TSIG, RFC 8945); resolvers that know no TSIG may
load the zone only from networks that the settings name.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import NamedTuple, cast

import dns.asyncquery
import dns.exception
import dns.rcode
import dns.rdatatype

from fanzha.claims.policy_zone import ZoneProfile
from fanzha.deliver.zone_messages import (
    AnswerWriter,
    UnreadableQuestion,
    ZoneQuestion,
    build_notify,
    delta_transfer,
    full_transfer,
    parse_question,
    zone_key,
)
from fanzha.store.policy_zone import PolicyZoneStore, ZoneTransfer, ZoneVersion, open_zone
from fanzha.store.zone_settings import ZoneSettings, load_zone_key

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.25
_IDLE_SECONDS = 30.0
_FIRST_SECONDS = 5.0
_MOST_CONNECTIONS, _MOST_OF_AN_ADDRESS = 100, 10
_NOTIFY_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)


class Socket(NamedTuple):
    """An address and a port."""

    host: str
    port: int


def parse_socket(text: str) -> Socket:
    """Return address and port of `127.0.0.1:53` or `[::1]:53`."""
    host, _, port = text.rpartition(":")
    return Socket(host.strip("[]"), int(port))


class ZoneServer:
    """Serves one zone of a state folder on one address, by UDP and TCP."""

    def __init__(self, settings: ZoneSettings, folder: Path | None = None) -> None:
        self._serial, self._is_watching = 0, False
        self._settings = settings
        self._profile: ZoneProfile = settings.profile()
        self._folder = folder
        self._key = zone_key(settings.key_name, load_zone_key(folder))
        self._connections: Counter[str] = Counter()
        self._notices: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until cancelled."""
        listen = parse_socket(self._settings.listen)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), local_addr=listen)
        server = await asyncio.start_server(self._serve_connection, listen.host, listen.port)
        try:
            await self._watch_versions()
        finally:
            transport.close()
            server.close()

    def answer_datagram(self, wire: bytes) -> bytes | None:
        """Return the answer to a question by UDP: the SOA record, which for IXFR means that TCP is needed."""
        try:
            question = parse_question(wire, self._profile, self._key)
        except UnreadableQuestion:
            return None
        writer = AnswerWriter(question, self._key)
        if question.error or question.kind == dns.rdatatype.AXFR:
            return writer.refuse(question.error or dns.rcode.REFUSED)
        return self._answer_serial(writer)

    def _answer_serial(self, writer: AnswerWriter) -> bytes:
        """Return the SOA record. While versions are watched, requests cause no read from disk."""
        if not self._is_watching:
            self._read_serial()
        return writer.single(self._profile.soa(self._serial)) if self._serial else writer.refuse(dns.rcode.SERVFAIL)

    def _read_serial(self) -> None:
        with self._open() as zone:
            version = zone.last_version()
        self._serial = version.serial if version else 0

    async def _serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, seconds = str((writer.get_extra_info("peername") or ("",))[0]), _FIRST_SECONDS
        self._connections[address] += 1
        try:
            while self._has_room(address):
                size = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), seconds), "big")
                seconds = _IDLE_SECONDS
                wire = await asyncio.wait_for(reader.readexactly(size), _IDLE_SECONDS)
                await self._answer_stream(wire, address, writer)
        except (OSError, EOFError, TimeoutError, UnreadableQuestion):
            pass
        finally:
            self._connections[address] -= 1
            if not self._connections[address]:
                del self._connections[address]
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _has_room(self, address: str) -> bool:
        """Return whether an address, and all together, have no more connections than they may."""
        return self._connections[address] <= _MOST_OF_AN_ADDRESS and self._connections.total() <= _MOST_CONNECTIONS

    async def _answer_stream(self, wire: bytes, address: str, stream: asyncio.StreamWriter) -> None:
        question = parse_question(wire, self._profile, self._key)
        answers = AnswerWriter(question, self._key)
        if question.error or not self._is_permitted(question, address):
            await _send(answers.refuse(question.error or dns.rcode.REFUSED), stream)
            return
        if question.kind == dns.rdatatype.SOA:
            await _send(self._answer_serial(answers), stream)
            return
        with ExitStack() as stack:
            zone = stack.enter_context(self._open())
            stack.enter_context(zone.reading())
            version = zone.last_version()
            for message in self._messages(question, answers, zone, version):
                await _send(message, stream)
        if version is not None:
            key = self._settings.key_name if question.message.had_tsig else ""
            now = time.time_ns() // 1_000_000
            await asyncio.to_thread(self._record, ZoneTransfer(address, key, question.kind.name, version.serial, now))

    def _messages(
        self, question: ZoneQuestion, answers: AnswerWriter, zone: PolicyZoneStore, version: ZoneVersion | None
    ) -> Iterator[bytes]:
        if version is None:
            yield answers.refuse(dns.rcode.SERVFAIL)
        elif question.serial == version.serial:
            yield answers.single(self._profile.soa(version.serial))
        else:
            known = zone.find_version(question.serial) if question.serial is not None else None
            records = (
                delta_transfer(self._profile, known, version, zone.changes_since(known.serial))
                if known is not None
                else full_transfer(self._profile, version, zone.records())
            )
            yield from answers.stream(records)

    def _is_permitted(self, question: ZoneQuestion, address: str) -> bool:
        is_signed = bool(question.message.had_tsig)
        is_harmless = question.kind == dns.rdatatype.SOA
        return is_signed or is_harmless or self._settings.may_transfer_without_key(address)

    def _record(self, transfer: ZoneTransfer) -> None:
        """Record a transfer; it waits while the site publishes a version."""
        try:
            with self._open() as zone:
                zone.record_transfer(transfer)
        except sqlite3.Error:
            log.exception("the transfer to %s was not recorded", transfer.address)

    async def _watch_versions(self) -> None:
        """Notify the resolvers of each new version, and write the zone file."""
        with self._open() as zone:
            seen = -1
            self._serial = 0
            while True:
                if (changed := zone.data_version()) != seen:
                    seen = changed
                    version = zone.last_version()
                    self._is_watching = True
                    if version is not None and version.serial != self._serial:
                        self._serial = version.serial
                        await self._announce()
                await asyncio.sleep(_POLL_SECONDS)

    async def _announce(self) -> None:
        for resolver in self._settings.notify:
            task = asyncio.create_task(self._notify(parse_socket(resolver)))
            self._notices.add(task)
            task.add_done_callback(self._notices.discard)
        if self._settings.zone_file:
            try:
                await asyncio.to_thread(self._write_file)
            except OSError:  # resolvers load the zone all the same
                log.exception("%s could not be written", self._settings.zone_file)

    def _write_file(self) -> None:
        with self._open() as zone, zone.reading():
            write_zone_file(zone, self._profile, Path(self._settings.zone_file))

    async def _notify(self, resolver: Socket) -> None:
        key = None if self._settings.may_transfer_without_key(resolver.host) else self._key
        message = build_notify(self._profile, key)
        for seconds in _NOTIFY_WAITS:
            with suppress(OSError, dns.exception.DNSException):
                await dns.asyncquery.udp(message, resolver.host, timeout=seconds, port=resolver.port)
                return
            await asyncio.sleep(seconds)
        log.warning("%s does not answer notices of new versions of %s", resolver.host, self._profile.name)

    def _open(self) -> AbstractContextManager[PolicyZoneStore]:
        return open_zone(self._profile, self._folder)


class _Datagrams(asyncio.DatagramProtocol):
    """Answers datagrams one by one."""

    def __init__(self, server: ZoneServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answers."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a question."""
        if (answer := self._server.answer_datagram(data)) is not None:
            self._transport.sendto(answer, addr)


async def _send(message: bytes, stream: asyncio.StreamWriter) -> None:
    stream.write(len(message).to_bytes(2, "big") + message)
    await asyncio.wait_for(stream.drain(), _IDLE_SECONDS)


def write_zone_file(zone: PolicyZoneStore, profile: ZoneProfile, path: Path) -> int:
    """Write the newest version as text, atomically; return its serial, 0 if there is none."""
    version = zone.last_version()
    if version is None:
        return 0
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="ascii") as file:
        file.writelines(profile.lines(version.serial, version.digest, zone.names()))
        file.flush()
        os.fchmod(file.fileno(), 0o644)
        os.fsync(file.fileno())
    part.replace(path)
    return version.serial
