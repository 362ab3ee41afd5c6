"""Personal values stay outside of the log: it holds salted commitments, which tell nothing once the salt is gone.

HMAC-SHA-256 (RFC 2104) under a random salt of 32 bytes hides the value (a phone number could be guessed from a bare
hash) and binds to it (salts have one length: no two pad alike). PIPL Art. 47: destroying the salt erases the value.
"""

import hmac
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple

import msgspec

SALT_BYTES = 32  # bytes

_encode = msgspec.json.Encoder(order="deterministic").encode


class Personal(NamedTuple):
    """One personal field of an entry: what it is called, whose it is (an opaque id), and its value (of JSON)."""

    name: str
    person: str
    value: object


class Secret(NamedTuple):
    """What opens a commitment: kept outside of the log, under a key of its person."""

    name: str
    person: str
    salt: bytes
    value: bytes  # JSON, canonical


def canonical(value: object) -> bytes:
    """Return the JSON of a value: keys sorted, no blanks, UTF-8. What was written is kept, never written anew."""
    return _encode(value)


def seal_personal(personal: Personal) -> Secret:
    """Give a personal field a fresh salt."""
    return Secret(personal.name, personal.person, token_bytes(SALT_BYTES), canonical(personal.value))


def commitment(name: str, salt: bytes, value: bytes) -> str:
    """Return the commitment to a value under its field's name, in hex."""
    return hmac.digest(salt, name.encode() + b"\0" + value, sha256).hex()
