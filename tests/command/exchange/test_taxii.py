"""Headers and filters are read as the standard says, and `next` is one that this server signed."""

import pytest
from django.test import RequestFactory

from fanzha.command.exchange.taxii import (
    TaxiiError,
    read_filter,
    read_limit,
    read_secret,
    write_envelope,
    write_next,
)

REQUESTS = RequestFactory()


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Bearer fz_1", "fz_1"),
        ("Basic YTpmel8y", "fz_2"),
        ("Token fz_3", "fz_3"),
        ("Basic ä", ""),
        ("", ""),
        ("X y", ""),
    ],
)
def test_the_key_is_found_in_each_scheme(header: str, secret: str) -> None:
    assert read_secret(header) == secret


def test_next_is_opaque_and_signed() -> None:
    assert read_filter(REQUESTS.get("/", {"next": write_next(42)})).after == 42
    with pytest.raises(TaxiiError):
        read_filter(REQUESTS.get("/", {"next": "NDI6eA"}))


def test_a_page_has_no_more_than_the_server_gives() -> None:
    assert read_limit(REQUESTS.get("/", {"limit": "99999"}), 500) == 500
    assert read_limit(REQUESTS.get("/"), 500) == 500


def test_a_filter_has_a_thousand_values_at_most() -> None:
    with pytest.raises(TaxiiError):
        read_filter(REQUESTS.get("/", {"match[id]": "x," * 1_001}))


def test_bodies_are_joined_as_they_are() -> None:
    assert write_envelope([b'{"a":1}', b"{}"], "") == b'{"more":false,"objects":[{"a":1},{}]}'
    assert write_envelope([b"{}"], "n") == b'{"more":true,"next":"n","objects":[{}]}'
