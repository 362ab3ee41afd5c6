"""Whoever asks is known by the address that the outermost of our proxies saw."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from fanzha.command.web.client_address import client_address


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
