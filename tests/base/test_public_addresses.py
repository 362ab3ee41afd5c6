"""An address counts as public only if packets to it leave for the internet, whatever it embeds."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.public_addresses import is_public_address

PRIVATE = IPv4Address("10.0.0.1")
PUBLIC = IPv4Address("8.8.8.8")


def teredo(server: IPv4Address, client: IPv4Address) -> str:
    return str(IPv6Address(0x20010000 << 96 | int(server) << 64 | (int(client) ^ 0xFFFFFFFF)))


def embed(prefix: str, address: IPv4Address, shift: int = 0) -> str:
    return str(IPv6Address(int(IPv6Address(prefix)) | int(address) << shift))


EMBEDDINGS = {
    "compatible": lambda address: embed("::", address),
    "mapped": lambda address: embed("::ffff:0:0", address),
    "translated": lambda address: embed("::ffff:0:0:0", address),
    "nat64": lambda address: embed("64:ff9b::", address),
    "6to4": lambda address: embed("2002::", address, 80),
    "isatap": lambda address: embed("2400:3200::5efe:0:0", address),
    "teredo_server": lambda address: teredo(address, PUBLIC),
    "teredo_client": lambda address: teredo(PUBLIC, address),
}


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "203.0.113.1", "240.0.0.1",
     "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "ff0e::1", "100::1", "2001:db8::1",
     "3fff::1", "5f00::1", "4000::1", "64:ff9b:1::808:808", "64:ff9b:1:fffe::808:808"],
)  # fmt: skip
def test_addresses_within_networks_are_not_public(address: str) -> None:
    assert not is_public_address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "2606:4700:4700::1111"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize("embedding", EMBEDDINGS)
@pytest.mark.parametrize("private", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1"])
def test_an_address_that_embeds_another_counts_as_what_it_embeds(embedding: str, private: str) -> None:
    assert not is_public_address(EMBEDDINGS[embedding](IPv4Address(private)))
    assert is_public_address(EMBEDDINGS[embedding](PUBLIC))


@given(st.ip_addresses(v=4), st.sampled_from(sorted(EMBEDDINGS)))
def test_no_embedding_makes_an_address_public(address: IPv4Address, embedding: str) -> None:
    assert is_public_address(EMBEDDINGS[embedding](address)) is is_public_address(str(address))


@pytest.mark.parametrize("text", ["", "a.example", "10.0.0", "[::1]"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        is_public_address(text)
