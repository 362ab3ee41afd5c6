"""Sockets are opened by the settings; what cannot be opened is told by its table, and nothing stays half open."""

import socket

import pytest

from fanzha.base.errors import UsageError
from fanzha.screen.settings import HepSettings, HttpSettings, ScreenSettings, SipSettings, SiteLinkSettings
from fanzha.screen.site.sockets import ListenAddress, enlarge_buffer, listen_addresses, open_sockets


def test_every_table_that_listens_wants_its_sockets() -> None:
    settings = ScreenSettings(
        sip={"edge": SipSettings(port=5070), "line": SipSettings(port=5071, protocols=("udp",))},
        http=HttpSettings(port=8300),
        hep=HepSettings(port=9060),
        site_link=SiteLinkSettings(port=7070),
    )
    assert [(item.name, item.protocol, item.port) for item in listen_addresses(settings)] == [
        ("sip.edge/udp", "udp", 5070),
        ("sip.edge/tcp", "tcp", 5070),
        ("sip.line/udp", "udp", 5071),
        ("http", "tcp", 8300),
        ("hep", "udp", 9060),
        ("site_link", "tcp", 7070),
    ]


def test_an_address_that_is_not_ours_is_told_by_its_table(socket_enabled: None) -> None:
    with pytest.raises(UsageError, match=r"\[http\] cannot listen on 192.0.2.1 port 8300"):
        open_sockets(ScreenSettings(http=HttpSettings(address="192.0.2.1", port=8300)))


def test_what_is_open_stays_the_same_socket(socket_enabled: None) -> None:
    settings = ScreenSettings(sip={"edge": SipSettings(port=45_070)}, http=HttpSettings(port=45_071))
    first = open_sockets(settings)
    second = open_sockets(settings, first)
    assert second == first
    conflicting = ScreenSettings(sip={"edge": SipSettings(port=45_070)}, hep=HepSettings(address="192.0.2.1"))
    with pytest.raises(UsageError, match=r"\[hep\]"):
        open_sockets(conflicting, first)
    assert first[ListenAddress("http", "tcp", "127.0.0.1", 45_071)].fileno() >= 0
    for item in first.values():
        item.close()


def test_a_datagram_socket_is_widened_as_far_as_the_system_lets_it() -> None:
    item, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    before = item.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    enlarge_buffer(item)
    assert item.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= before
    item.close()
    far.close()
