"""A probe tells a site, a warning page, a parked name and no site apart, and reads no more than it may."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any, cast

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from fanzha.collect import site_probe
from fanzha.collect.site_probe import MOST_BYTES, SiteAnswer, find_filing, judge_page, parse_page, probe_site
from fanzha.store.probe_queue import ProbeRecord, SiteState
from fanzha.store.probe_settings import ProberSettings, Vantage

pytestmark = pytest.mark.usefixtures("socket_enabled")
ADDRESSES = {
    "site.example.": "127.0.0.1",
    "inner.example.": "10.0.0.5",
    "sinkhole.example.": "0.0.0.0",
    "blocked.example.": "192.0.2.80",
    "control.example.": "127.0.0.1",
}
REASON = '{"c":["tel:+861010000"],"j":"made up"}'
OK = b"HTTP/1.1 200 OK\r\n\r\n<h1>page</h1>"


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (SiteAnswer(200, body=b"<h1>Your bank</h1>"), SiteState.UP),
        (SiteAnswer(302, "https://elsewhere.example/"), SiteState.UP),
        (SiteAnswer(404), SiteState.GONE),
        (SiteAnswer(451), SiteState.BLOCKED),
        (SiteAnswer(503), SiteState.UNKNOWN),
        (SiteAnswer(200, body=b"<p>Buy this domain now"), SiteState.PARKED),
        (SiteAnswer(200, body="<p>该域名正在出售</p>".encode()), SiteState.PARKED),
        (SiteAnswer(), SiteState.UNKNOWN),
    ],
)
def test_a_page_says_what_became_of_the_site(page: SiteAnswer, state: SiteState) -> None:
    assert judge_page(page) is state


def test_the_head_of_an_answer_is_parsed_and_what_is_none_is_refused() -> None:
    page = parse_page(b"HTTP/1.1 301 Moved\r\nLocation: http://b.example/\r\n\r\nbody")
    assert page == SiteAnswer(301, "http://b.example/", b"body")
    with pytest.raises(ValueError, match="no answer"):
        parse_page(b"SSH-2.0-x\r\n\r\n")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_filing_number_of_a_page_is_found(encoding: str) -> None:
    assert find_filing("<footer>备案号：京 ICP备 2026000001号-2</footer>".encode(encoding)) == "京ICP备2026000001号-2"
    assert find_filing("ICP备2026000001号".encode(encoding)) == ""


class Resolver(asyncio.DatagramProtocol):
    """Answers A questions from a table."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = dns.message.make_response(dns.message.from_wire(data))
        asked = reply.question[0]
        name = asked.name.to_text()
        reply.flags |= dns.flags.RA
        if name == "denied.example.":
            reply.flags &= ~dns.flags.RA
        if name == "explained.example.":
            reply.use_edns(0, options=[dns.edns.EDEOption(dns.edns.EDECode.BLOCKED, REASON)])
        if name not in ADDRESSES:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif asked.rdtype == 1:
            reply.answer.append(dns.rrset.from_text(name, 5, "IN", "A", ADDRESSES[name]))
        self.transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def world(answer: bytes, is_kept_open: bool = False, **changes: Any) -> AsyncIterator[ProberSettings]:
    """Run a resolver and a web server, which may leave its connections open; yield settings that lead to them."""

    kept: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if is_kept_open:
            kept.append(writer)
        else:
            writer.close()

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Resolver, local_addr=("127.0.0.1", 0))
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    vantage = Vantage("east", resolver=f"127.0.0.1:{transport.get_extra_info('sockname')[1]}")
    values = {"local_addresses": True, "http_port": port, "https_port": 1, "timeout_seconds": 5.0} | changes
    try:
        yield ProberSettings((vantage,), "control.example", **values)
    finally:
        for writer in kept:
            writer.close()
        transport.close()
        server.close()


def run(act: Callable[[ProberSettings], Awaitable[ProbeRecord]], answer: bytes, **changes: Any) -> ProbeRecord:
    async def inside() -> ProbeRecord:
        async with world(answer, **changes) as settings:
            return await act(settings)

    return asyncio.run(inside())


def probe(host: str) -> Callable[[ProberSettings], Awaitable[ProbeRecord]]:
    return lambda settings: probe_site(host, settings.vantage[0], settings, frozenset({"192.0.2.80"}), 7)


@pytest.mark.parametrize(
    ("host", "state", "status"),
    [
        ("site.example", SiteState.UP, 200),
        ("blocked.example", SiteState.BLOCKED, 451),
        ("no.example", SiteState.GONE, 0),
        ("explained.example", SiteState.BLOCKED, 0),
        ("denied.example", SiteState.BLOCKED, 0),
    ],
)
def test_a_name_is_probed_by_the_resolver_of_the_place(host: str, state: SiteState, status: int) -> None:
    record = run(probe(host), OK)
    assert (record.state, record.status, record.place, record.at) == (state, status, "east", 7)
    assert bool(record.page_digest) is (state is SiteState.UP)


@pytest.mark.parametrize(
    ("host", "state", "addresses"),
    [
        ("inner.example", SiteState.UNKNOWN, "10.0.0.5"),
        ("sinkhole.example", SiteState.GONE, "0.0.0.0"),
        ("site.example", SiteState.GONE, "127.0.0.1"),
        ("10.0.0.5", SiteState.UNKNOWN, "10.0.0.5"),
    ],
)
def test_private_addresses_are_not_reached_unless_the_operator_allows_it(
    host: str, state: SiteState, addresses: str
) -> None:
    record = run(probe(host), OK, local_addresses=False)
    assert (record.state, record.addresses) == (state, addresses)


def test_no_proxy_is_asked_for_a_private_address() -> None:
    async def ask(settings: ProberSettings) -> ProbeRecord:
        vantage = Vantage("west", proxy=f"http://127.0.0.1:{settings.http_port}")
        return await probe_site("127.0.0.1", vantage, settings, frozenset(), 7)

    assert run(ask, OK, local_addresses=False).state is SiteState.UNKNOWN
    assert run(ask, OK).state is SiteState.UP


def test_a_long_answer_is_read_to_its_limit_and_one_that_is_no_http_proves_nothing() -> None:
    assert run(probe("site.example"), b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (4 * MOST_BYTES)).state is SiteState.UP
    assert run(probe("site.example"), b"SSH-2.0-made-up\r\n").state is SiteState.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (OK, SiteState.UP),
        (b"HTTP/1.1 200 OK\r\nX-Unfinished: ", SiteState.UP),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage", SiteState.UP),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", SiteState.GONE),
        (b"", SiteState.UNKNOWN),
    ],
)
def test_a_server_that_keeps_its_connection_open_is_there(
    answer: bytes, state: SiteState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_probe, "_PAGE_SECONDS", 0.1)
    assert run(probe("site.example"), answer, is_kept_open=True, timeout_seconds=0.5).state is state


def test_an_answer_of_known_length_is_not_waited_for_any_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_probe, "_PAGE_SECONDS", 60.0)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
    assert run(probe("site.example"), answer, is_kept_open=True).page_digest == sha256(b"page").hexdigest()


def test_where_nothing_accepts_connections_the_site_is_gone_and_a_proxy_that_is_down_tells_nothing() -> None:
    async def ask(settings: ProberSettings) -> ProbeRecord:
        return await probe_site("site.example", Vantage("west", proxy="http://127.0.0.1:1"), settings, frozenset(), 7)

    assert run(probe("site.example"), OK, http_port=1).state is SiteState.GONE
    assert run(ask, OK).state is SiteState.UNKNOWN
