"""A fetch reaches public addresses on web ports, and mapped hosts; nothing else."""

import socket
import time

import pytest

from fanzha.base.outgoing_request import AddressRefused, PrivateAddressPolicy, RequestFailed
from fanzha.collect.pages.address_book import AddressBook, AllowedAddress, make_address_book
from fanzha.store.look_settings import LookSettings


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    pass


def find(host: str, port: int = 80, hosts: dict[str, str] | None = None, *, local: bool = False) -> AllowedAddress:
    book = AddressBook(PrivateAddressPolicy(local, "x"), frozenset({80, 443}), hosts or {})
    return book.find(host, port, time.monotonic() + 5)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "192.168.1.1", "100.64.0.1", "0x7f.1", "2130706433"]
)
def test_private_addresses_are_refused_however_they_are_written(host: str) -> None:
    with pytest.raises(RequestFailed):
        find(host)


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    with pytest.raises(AddressRefused, match="within a network"):
        find("rebind.example")


def test_ports_of_other_services_are_refused() -> None:
    with pytest.raises(RequestFailed, match="port 25"):
        find("192.0.2.7", 25)


def test_hosts_are_mapped_by_name_and_port() -> None:
    hosts = {"a.example": "127.0.0.1:81", "*:443": "127.0.0.1:444", "*": "127.0.0.1:82"}
    assert find("A.example.", 443, hosts, local=True) == ("127.0.0.1", 81)
    assert find("b.example", 443, hosts, local=True) == ("127.0.0.1", 444)
    assert find("b.example", 80, hosts, local=True) == ("127.0.0.1", 82)


def test_a_mapped_address_may_be_private_while_others_may_not() -> None:
    hosts = {"a.example": "127.0.0.1:81"}
    assert find("a.example", 80, hosts) == ("127.0.0.1", 81)
    with pytest.raises(AddressRefused):
        find("127.0.0.1", 80, hosts)


def test_settings_make_a_book() -> None:
    book = make_address_book(LookSettings(ports=(80,)))
    assert book.ports == {80} and not book.policy.allowed
