"""Wallet addresses are known by shape and check sum; one wrong character makes them none."""

import pytest

from fanzha.kinds._wallets import wallet_chain

PUBLISHED = {
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": "bitcoin",  # the genesis block's
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy": "bitcoin",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4": "bitcoin",  # BIP 173
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4": "bitcoin",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": "bitcoin",  # BIP 350
    "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": "tron",  # the contract of USDT
    "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe": "ethereum",
}


@pytest.mark.parametrize("address", PUBLISHED)
def test_published_address_belongs_to_its_chain(address: str) -> None:
    assert wallet_chain(address) == PUBLISHED[address]


@pytest.mark.parametrize("address", [address for address in PUBLISHED if not address.startswith("0x")])
def test_one_wrong_character_makes_it_no_address(address: str) -> None:
    wrong = address[:-1] + ("4" if address[-1] != "4" else "5")
    assert wallet_chain(wrong) == ""


@pytest.mark.parametrize(
    "text", ["", "T", "1" * 34, "z" * 34, "bc1", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "0x12"]
)
def test_other_text_is_no_address(text: str) -> None:
    assert wallet_chain(text) == ""
