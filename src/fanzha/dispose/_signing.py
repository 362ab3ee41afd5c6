"""Signatures as Standard Webhooks has them: HMAC-SHA256 (`v1`) with a shared secret, Ed25519 (`v1a`) with a key pair.

Keys are texts that tell what they are: `whsec_` a shared secret, `whsk_` a private and `whpk_` a public key, each with
base64 behind it. Whoever changes keys signs with both for a while, and whoever verifies takes any key that he knows.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from hashlib import sha256

SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SHORTEST_SECRET, LONGEST_SECRET, ED25519_BYTES = 24, 64, 32


class NotGenuine(ValueError):
    """A message that nobody who is known has signed, or that is too old or too new."""


def shared_secret(random: bytes) -> str:
    """Return random bytes as a shared secret."""
    return _key(SHARED + b64encode(random).decode())


def private_key(random: bytes) -> str:
    """Return 32 random bytes as an Ed25519 private key."""
    return _key(PRIVATE + b64encode(random).decode())


def public_key(private: str) -> str:
    """Return the public half of a private key, to be given to whoever verifies."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.from_private_bytes(_bytes(private, PRIVATE))
    return PUBLIC + b64encode(made.public_key().public_bytes_raw()).decode()


def sign(signed: bytes, keys: Sequence[str]) -> str:
    """Return one signature for each key, with blanks between; raises ValueError without a key, or for what is none."""
    if not keys:
        raise ValueError("nothing goes out unsigned: there is no key")
    return " ".join(_signature(signed, key) for key in keys)


def verify(signed: bytes, signatures: str, keys: Iterable[str]) -> None:
    """Raise NotGenuine unless a key that is known made one of the signatures."""
    given = signatures.split(" ")[:10]
    for key in keys:
        if key.startswith(PUBLIC):
            found = any(_holds(signed, one.removeprefix("v1a,"), key) for one in given if one.startswith("v1a,"))
        else:
            right = _signature(signed, key)
            found = any(hmac.compare_digest(one.encode(), right.encode()) for one in given)
        if found:
            return
    raise NotGenuine("no key that is known has signed this")


def _signature(signed: bytes, key: str) -> str:
    if key.startswith(PRIVATE):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        made = Ed25519PrivateKey.from_private_bytes(_bytes(key, PRIVATE)).sign(signed)
        return f"v1a,{b64encode(made).decode()}"
    return f"v1,{b64encode(hmac.digest(_bytes(key, SHARED), signed, sha256)).decode()}"


def _holds(signed: bytes, signature: str, key: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(_bytes(key, PUBLIC)).verify(b64decode(signature, validate=True), signed)
    except (InvalidSignature, Error, ValueError):
        return False
    return True


def _key(text: str) -> str:
    prefix = next((one for one in (SHARED, PRIVATE, PUBLIC) if text.startswith(one)), "")
    _bytes(text, prefix or SHARED)
    return text


def _bytes(text: str, prefix: str) -> bytes:
    """Return what a key holds; the error never says what it is."""
    try:
        found = b64decode(text.removeprefix(prefix), validate=True)
    except Error:
        found = b""
    low, high = (SHORTEST_SECRET, LONGEST_SECRET) if prefix == SHARED else (ED25519_BYTES, ED25519_BYTES)
    if not text.startswith(prefix) or not low <= len(found) <= high:
        raise ValueError(f"a key is {prefix} and base64 of {low} to {high} bytes")
    return found
