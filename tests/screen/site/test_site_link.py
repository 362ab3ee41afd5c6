"""A site hears each record of another once and in order, whenever it joins and however the lines are cut."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.screen.stir.signers import Issuer, make_root

from fanzha.screen.event_log import Record
from fanzha.screen.settings import SiteLinkSettings
from fanzha.screen.site import site_link
from fanzha.screen.site.site_link import LineRing, SiteHello, SiteReceiver, make_tls_context


def lines(*numbers: int) -> bytes:
    return b"".join(b'[%d,0,"call",null]\n' % number for number in numbers)


def test_what_is_behind_a_record_is_found_piece_by_piece() -> None:
    ring = LineRing()
    ring.append(lines(1, 2, 5))
    ring.append(lines(6))
    ring.append(lines(9, 10))
    assert ring.read_after(0) == (5, lines(1, 2, 5))
    assert ring.read_after(2) == (5, lines(5))
    assert ring.read_after(5) == (6, lines(6))
    assert ring.read_after(6) == (10, lines(9, 10))
    assert ring.read_after(9) == (10, lines(10))
    assert ring.read_after(10) == (10, b"")


def test_the_oldest_lines_are_forgotten_and_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_link, "MAX_BYTES", 60)
    ring = LineRing()
    for number in range(1, 6):
        ring.append(lines(number))
    assert ring.last_dropped == 2
    assert ring.read_after(0)[0] == 3


async def joined(
    receiver: SiteReceiver, test: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
) -> None:
    """Serve one end of a pair, and hand the other to the test."""
    near, far = socket.socketpair()
    theirs, ours = await asyncio.open_connection(sock=near), await asyncio.open_connection(sock=far)
    serving = asyncio.create_task(receiver.serve(*theirs))
    await test(*ours)
    ours[1].close()
    await asyncio.wait_for(serving, 5)


def receiver() -> tuple[SiteReceiver, list[tuple[str, int]]]:
    heard: list[tuple[str, int]] = []

    def take(site: str, record: Record) -> None:
        heard.append((site, record.sequence))

    return SiteReceiver("south", frozenset({"north"}), take), heard


def test_records_are_heard_once_whatever_is_sent_again() -> None:
    site_receiver, heard = receiver()

    async def first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(SiteHello("north", "run")) + b"\n" + lines(1, 2, 4))
        assert msgspec.json.decode(await reader.readline(), type=SiteHello).has == 0
        await asyncio.sleep(0.05)

    async def again(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(SiteHello("north", "run")) + b"\n")
        assert msgspec.json.decode(await reader.readline(), type=SiteHello).has == 4
        writer.write(lines(2, 4, 5))
        await asyncio.sleep(0.05)

    async def another_run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(SiteHello("north", "next run")) + b"\n")
        assert msgspec.json.decode(await reader.readline(), type=SiteHello).has == 0
        writer.write(lines(1))
        await asyncio.sleep(0.05)

    for test in (first, again, another_run):
        asyncio.run(joined(site_receiver, test))
    assert heard == [("north", 1), ("north", 2), ("north", 4), ("north", 5), ("north", 1)]


@pytest.mark.parametrize("first", [b'{"site":"stranger"}\n', b"GET / HTTP/1.1\r\n", b"\xff\n", b"x" * 100_000])
def test_who_is_not_known_or_speaks_otherwise_is_not_heard(first: bytes) -> None:
    site_receiver, heard = receiver()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first + lines(1))
        writer.write_eof()
        assert await reader.read() == b""

    asyncio.run(joined(site_receiver, speak))
    assert (site_receiver.rejected, heard) == (1, [])


def test_a_line_that_is_no_record_ends_the_connection() -> None:
    site_receiver, heard = receiver()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(msgspec.json.encode(SiteHello("north", "run")) + b"\n" + lines(1) + b"nonsense\n")
        await reader.read()

    asyncio.run(joined(site_receiver, speak))
    assert site_receiver.rejected == 1


def link_of(folder: Path, authority: Issuer, name: str) -> SiteLinkSettings:
    """The files of a site with a certificate of an authority."""
    site, paths = authority.issue(name), [folder / f"{name}.{suffix}" for suffix in ("pem", "key", "ca")]
    paths[0].write_bytes(site.pem)
    paths[1].write_bytes(site.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths[2].write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    return SiteLinkSettings(certificate=str(paths[0]), key=str(paths[1]), authority=str(paths[2]))


def shake_hands(server_link: SiteLinkSettings, client_link: SiteLinkSettings) -> str:
    """Connect two sites in memory and return the version of TLS."""
    server_context, client_context = (
        make_tls_context(server_link, server=True),
        make_tls_context(client_link, server=False),
    )
    assert server_context is not None and client_context is not None
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client_context.wrap_bio(to_client, to_server),
        server_context.wrap_bio(to_server, to_client, server_side=True),
    )
    for _ in range(3):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return str(ends[1].version())


def test_sites_of_one_authority_speak_tls_1_3_with_each_other(tmp_path: Path) -> None:
    authority = make_root("Sites")
    assert shake_hands(link_of(tmp_path, authority, "north"), link_of(tmp_path, authority, "south")) == "TLSv1.3"


@pytest.mark.parametrize("is_server", [True, False])
def test_a_site_of_another_authority_is_refused_by_either_side(tmp_path: Path, is_server: bool) -> None:
    ours, theirs = link_of(tmp_path, make_root("Sites"), "north"), link_of(tmp_path, make_root("Others"), "south")
    # The other side trusts both authorities, so that ours is the one that refuses.
    Path(theirs.authority).write_bytes(Path(theirs.authority).read_bytes() + Path(ours.authority).read_bytes())
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(*((theirs, ours) if is_server else (ours, theirs)))
