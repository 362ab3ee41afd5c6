"""Addresses of crypto wallets and their checksums."""

import re
from hashlib import sha256

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_ETHEREUM = re.compile(r"0x[0-9a-fA-F]{40}")
_BASE58_CHECKED = re.compile(r"[13TLMD][1-9A-HJ-NP-Za-km-z]{25,34}")
_SEGWIT = re.compile(r"(bc|ltc)1[a-z0-9]{11,71}")

#: Version byte of a base58 address -> chain.
_VERSIONS = {0x00: "bitcoin", 0x05: "bitcoin", 0x41: "tron", 0x30: "litecoin", 0x32: "litecoin", 0x1E: "dogecoin"}


def wallet_chain(text: str) -> str:
    """Return the chain that uses this address format and checksum, or "".

    The checksum of an Ethereum address needs Keccak and is not verified: only the format is.
    """
    if _ETHEREUM.fullmatch(text):
        return "ethereum"
    if _BASE58_CHECKED.fullmatch(text):
        return _base58_chain(text)
    if found := _SEGWIT.fullmatch(text.lower()):
        one_case = text in (text.lower(), text.upper())
        return {"bc": "bitcoin", "ltc": "litecoin"}[found[1]] if one_case and _bech32(text.lower()) else ""
    return ""


def _base58_chain(text: str) -> str:
    value = 0
    for character in text:
        value = value * 58 + _BASE58.index(character)
    if value >= 1 << 200:
        return ""
    data = value.to_bytes(25, "big")
    right = sha256(sha256(data[:21]).digest()).digest()[:4] == data[21:]
    return _VERSIONS.get(data[0], "") if right else ""


def _bech32(text: str) -> bool:
    """Return whether the checksum of a bech32 or bech32m address is valid (BIP 173, BIP 350)."""
    prefix, _, payload = text.rpartition("1")
    if not all(character in _BECH32 for character in payload):
        return False
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = 1
    for value in expanded + [_BECH32.index(character) for character in payload]:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= term if top >> bit & 1 else 0
    return check in (1, 0x2BC830A3)
