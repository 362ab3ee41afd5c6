"""The table of a proxy listener is checked and becomes its next hops."""

from ipaddress import ip_network

import pytest

from fanzha.screen.settings import ProxySettings, SipSettings
from fanzha.screen.sip.next_hops import Hop
from fanzha.screen.sip.proxy_settings import find_proxy_mistakes, make_next_hops

GOOD = ProxySettings(
    next_hop="192.0.2.50:5080",
    networks=("198.51.100.0/24",),
    hosts={"SCSCF.example": "203.0.113.5"},
    own_names=("TAS.example",),
    record_route=True,
)


def mistakes(proxy: ProxySettings, **sip: object) -> list[str]:
    settings = SipSettings(address="192.0.2.9", **sip)  # type: ignore[arg-type]
    return [mistake.en for mistake in find_proxy_mistakes("tas", settings, proxy)]


def test_a_good_table_becomes_next_hops() -> None:
    assert mistakes(GOOD) == []
    hops = make_next_hops(SipSettings(address="192.0.2.9", port=5071), GOOD, "tcp")
    assert (hops.advertised, hops.port, hops.protocol) == ("192.0.2.9", 5071, "tcp")
    assert hops.next_hop == Hop("192.0.2.50", 5080) and hops.networks == (ip_network("198.51.100.0/24"),)
    assert hops.names == {"scscf.example": "203.0.113.5"} and hops.own_names == {"tas.example"}


def test_the_advertised_address_stands_in_via() -> None:
    proxy = ProxySettings(next_hop="192.0.2.50", advertised="192.0.2.10")
    assert make_next_hops(SipSettings(address="0.0.0.0"), proxy, "udp").sent_by == b"192.0.2.10:5070"


@pytest.mark.parametrize(
    ("proxy", "expected"),
    [
        (ProxySettings(), "forwards nowhere"),
        (ProxySettings(next_hop="core.example:5060"), "is no address and port"),
        (ProxySettings(next_hop="192.0.2.9:5070"), "is this listener itself"),
        (ProxySettings(next_hop="[2001:db8::1]:5060"), "both be IPv4 or both IPv6"),
        (ProxySettings(networks=("192.0.2.0/33",)), "is no network"),
        (ProxySettings(hosts={"a.example": "b.example"}), "is no IP address"),
        (ProxySettings(next_hop="192.0.2.50", advertised="tas.example"), "is no IP address"),
    ],
)
def test_each_mistake_is_named(proxy: ProxySettings, expected: str) -> None:
    (mistake,) = mistakes(proxy)
    assert expected in mistake and "[sip.tas.proxy]" in mistake


def test_a_listener_on_all_addresses_must_say_where_responses_go() -> None:
    found = list(find_proxy_mistakes("tas", SipSettings(address="0.0.0.0"), ProxySettings(next_hop="192.0.2.50")))
    assert ["advertised" in mistake.en for mistake in found] == [True]


def test_dialog_events_need_a_listener_of_their_own() -> None:
    (mistake,) = mistakes(GOOD, dialog_events=True)
    assert "another listener" in mistake
