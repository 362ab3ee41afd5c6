"""Sockets are opened by the settings; what cannot be opened is told by its table, and nothing stays half open."""

import socket

import pytest

from fanzha.base.errors import WrongCall
from fanzha.screen.settings import Hep, Http, Settings, Sip, SiteLink
from fanzha.screen.site.sockets import Wanted, open_all, wanted, widen


def test_every_table_that_listens_wants_its_sockets() -> None:
    settings = Settings(
        sip={"edge": Sip(port=5070), "line": Sip(port=5071, protocols=("udp",))},
        http=Http(port=8300),
        hep=Hep(port=9060),
        site_link=SiteLink(port=7070),
    )
    assert [(one.name, one.protocol, one.port) for one in wanted(settings)] == [
        ("sip.edge/udp", "udp", 5070),
        ("sip.edge/tcp", "tcp", 5070),
        ("sip.line/udp", "udp", 5071),
        ("http", "tcp", 8300),
        ("hep", "udp", 9060),
        ("site_link", "tcp", 7070),
    ]


def test_an_address_that_is_not_ours_is_told_by_its_table(socket_enabled: None) -> None:
    with pytest.raises(WrongCall, match=r"\[http\] cannot listen on 192.0.2.1 port 8300"):
        open_all(Settings(http=Http(address="192.0.2.1", port=8300)))


def test_what_is_open_stays_the_same_socket(socket_enabled: None) -> None:
    settings = Settings(sip={"edge": Sip(port=45_070)}, http=Http(port=45_071))
    first = open_all(settings)
    second = open_all(settings, first)
    assert second == first
    taken = Settings(sip={"edge": Sip(port=45_070)}, hep=Hep(address="192.0.2.1"))
    with pytest.raises(WrongCall, match=r"\[hep\]"):
        open_all(taken, first)
    assert first[Wanted("http", "tcp", "127.0.0.1", 45_071)].fileno() >= 0
    for one in first.values():
        one.close()


def test_a_datagram_socket_is_widened_as_far_as_the_system_lets_it() -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    before = one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    widen(one)
    assert one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= before
    one.close()
    other.close()
