"""Addresses of one network share a keyed hash; so do those of a wider one."""

import pytest

from fanzha.command.reports.networks import hash_block, hash_wide_block

pytestmark = pytest.mark.usefixtures("home")


def test_addresses_of_one_network_are_one_block() -> None:
    assert hash_block("192.0.2.1") == hash_block("192.0.2.254") == hash_block("::ffff:192.0.2.9")
    assert hash_block("192.0.2.1") != hash_block("192.0.3.1")
    assert hash_block("2001:db8:1::1") == hash_block("2001:db8:1:ffff::1") != hash_block("2001:db8:2::1")
    assert hash_block("no address") != hash_block("192.0.2.1")


def test_networks_of_one_operator_are_one_wide_block() -> None:
    assert hash_wide_block("192.0.2.1") == hash_wide_block("192.0.3.1") != hash_wide_block("192.1.2.1")
    assert hash_wide_block("2001:db8:1::1") == hash_wide_block("2001:db8:2::1") != hash_wide_block("2001:db9:1::1")
