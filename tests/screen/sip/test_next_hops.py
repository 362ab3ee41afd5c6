"""A proxy sends requests to configured hosts only."""

from ipaddress import ip_network

import pytest

from fanzha.base.errors import UsageError
from fanzha.screen.sip.next_hops import Hop, NextHops, read_hop, read_route, read_target

HOPS = NextHops(
    advertised="192.0.2.9",
    port=5070,
    next_hop=Hop("192.0.2.50", 5060),
    networks=(ip_network("198.51.100.0/24"), ip_network("192.0.2.8/30"), ip_network("2001:db8::/64")),
    names={"scscf.example": "203.0.113.5"},
    own_names=frozenset(["tas.example"]),
)


@pytest.mark.parametrize(
    ("value", "host", "port", "loose"),
    [
        (b"<sip:192.0.2.9:5070;lr>", "192.0.2.9", 5070, True),
        (b'"a <sip:x;lr>, b" <sip:as@TAS.example;transport=udp;lr;odi=1>;x=y', "tas.example", 0, True),
        (b"<sip:[2001:db8::1]:5060;lr=on>", "2001:db8::1", 5060, True),
        (b"<sip:192.0.2.9?lr>", "192.0.2.9", 0, False),
        (b"<sip:192.0.2.9;lrx>", "192.0.2.9", 0, False),
    ],
)
def test_a_route_is_read(value: bytes, host: str, port: int, loose: bool) -> None:
    address = read_route(value)
    assert address is not None
    assert (address.host, address.port, address.is_loose) == (host, port, loose)


@pytest.mark.parametrize("value", [b"", b"sip:192.0.2.9;lr", b"<sips:192.0.2.9;lr>", b"<sip:a:99999;lr>", b"<sip:>"])
def test_another_route_is_not(value: bytes) -> None:
    assert read_route(value) is None


def test_a_route_to_the_listener_is_its_own() -> None:
    own = [b"<sip:192.0.2.9:5070;lr>", b"<sip:tas.example;lr>", b"<sip:tas.example:5070;lr>"]
    others = [b"<sip:192.0.2.9;lr>", b"<sip:192.0.2.9:5071;lr>", b"<sip:tas.example:5060;lr>", b"<sip:other.example>"]
    assert [HOPS.is_own(address) for value in own + others if (address := read_route(value))] == [True] * 3 + [
        False
    ] * 4


@pytest.mark.parametrize(
    ("value", "hop"),
    [
        (b"<sip:198.51.100.7:6060;lr>", Hop("198.51.100.7", 6060)),
        (b"<sip:scscf.example;lr>", Hop("203.0.113.5", 5060)),
        (b"<sip:SCSCF.example:6060;transport=udp;lr>", Hop("203.0.113.5", 6060)),
        (b"<sip:[2001:db8::7];lr>", Hop("2001:db8::7", 5060)),
        (b"<sip:192.0.2.50;lr>", Hop("192.0.2.50", 5060)),
        (b"<sip:192.0.2.50:5061;lr>", None),
        (b"<sip:203.0.113.6;lr>", None),
        (b"<sip:elsewhere.example;lr>", None),
        (b"<sip:198.51.100.7;transport=tcp;lr>", None),
        (b"<sip:192.0.2.9:5070;lr>", None),
    ],
)
def test_only_configured_hosts_are_reached(value: bytes, hop: Hop | None) -> None:
    address = read_route(value)
    assert address is not None and HOPS.resolve(address) == hop


def test_a_request_uri_is_a_target_where_it_is_a_sip_uri() -> None:
    target = read_target(b"sip:+8617000000001@198.51.100.7:5080;user=phone")
    assert target is not None and HOPS.resolve(target) == Hop("198.51.100.7", 5080)
    assert read_target(b"tel:+8617000000001") is None


@pytest.mark.parametrize(
    ("text", "hop"),
    [
        ("192.0.2.10", Hop("192.0.2.10", 5060)),
        ("192.0.2.10:5080", Hop("192.0.2.10", 5080)),
        ("[2001:db8::1]:5061", Hop("2001:db8::1", 5061)),
    ],
)
def test_a_hop_is_read(text: str, hop: Hop) -> None:
    assert read_hop(text) == hop


@pytest.mark.parametrize("text", ["", "host.example:5060", "192.0.2.10:0", "192.0.2.10:70000", "192.0.2.300", "[::1"])
def test_a_mistaken_hop_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a next hop"):
        read_hop(text)


def test_ipv6_stands_in_brackets_in_via() -> None:
    assert NextHops("2001:db8::9", 5060).sent_by == b"[2001:db8::9]:5060"
