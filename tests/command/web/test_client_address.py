"""Whoever asks is known by the address that the outermost of our proxies saw."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from fanzha.command.web.client_address import address_block, client_address


@pytest.mark.parametrize(
    ("proxies", "told", "found"),
    [
        (0, "", "192.0.2.9"),
        (0, "198.51.100.7", "192.0.2.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.1, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.1, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.9"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "no address", "192.0.2.9"),
    ],
)
def test_as_many_entries_are_believed_as_there_are_proxies(
    settings: Settings, proxies: int, told: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": told}, REMOTE_ADDR="192.0.2.9")
    assert client_address(request) == found


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.9", "192.0.2.9"),
        ("2001:db8:0:7:1::9", "2001:db8:0:7::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.9", "192.0.2.9"),
    ],
)
def test_a_subscriber_has_one_block(address: str, block: str) -> None:
    assert address_block(RequestFactory().get("/", REMOTE_ADDR=address)) == block
