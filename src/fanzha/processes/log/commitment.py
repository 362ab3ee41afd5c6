"""Salted commitments to personal values: the log has the commitment alone, and the value is stored elsewhere.

HMAC-SHA-256 (RFC 2104) with a random 32-byte salt hides the value: without a salt, a phone number could be guessed from
its hash. All salts have the same length, so a commitment fits one value. Destroying the salt erases the value (PIPL
Art. 47).
"""

import hmac
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple

import msgspec

SALT_BYTES = 32  # bytes

_encode = msgspec.json.Encoder(order="deterministic").encode


class Personal(NamedTuple):
    """One personal field of an entry: name, opaque id of the person, and JSON value."""

    name: str
    person: str
    value: object


class Secret(NamedTuple):
    """The salt and value that open a commitment, stored outside the log under the key of the person."""

    name: str
    person: str
    salt: bytes
    value: bytes  # JSON, canonical


def canonical(value: object) -> bytes:
    """Return the JSON of a value: sorted keys, no blanks, UTF-8."""
    return _encode(value)


def seal_personal(personal: Personal) -> Secret:
    """Generate a salt for a personal field."""
    return Secret(personal.name, personal.person, token_bytes(SALT_BYTES), canonical(personal.value))


def commitment(name: str, salt: bytes, value: bytes) -> str:
    """Return the commitment to a value and its field name, in hex."""
    return hmac.digest(salt, name.encode() + b"\0" + value, sha256).hex()
