"""Addresses are read in every form a browser takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.errors import Malformed
from fanzha.kinds.web.ip_addresses import ip_address


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("3221225985", "192.0.2.1"),
        ("0xC0.0x0.0x2.1", "192.0.2.1"),
        ("0300.0.02.01", "192.0.2.1"),
        ("192.0.513", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_address_has_one_form(raw: str, address: str) -> None:
    assert ip_address(raw) == address


@pytest.mark.parametrize("raw", ["256.1.1.1", "1.2.3.4.5", "4294967296", "1..2", "[::g]", "9" * 100])
def test_number_out_of_range_is_malformed(raw: str) -> None:
    with pytest.raises(Malformed):
        ip_address(raw)


def test_a_name_is_no_address() -> None:
    assert ip_address("example.com") is None


@given(st.ip_addresses())
def test_every_address_reads_itself_back(address: object) -> None:
    text = str(address)
    assert ip_address(ip_address(text) or "") == ip_address(text)
