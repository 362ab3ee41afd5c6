"""Signatures of Standard Webhooks: HMAC-SHA256 (`v1`) with a shared secret, Ed25519 (`v1a`) with a key pair.

Keys are texts with a prefix and base64: `whsec_` for a shared secret, `whsk_` for a private and `whpk_` for a public
key. During key rotation messages are signed with both keys, and any known key verifies.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Iterable, Sequence
from hashlib import sha256

SHARED, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SHORTEST_SECRET, LONGEST_SECRET, ED25519_BYTES = 24, 64, 32


class UnverifiedMessage(ValueError):
    """The message has no signature of a known key, or its timestamp is outside the window."""


def shared_secret(random: bytes) -> str:
    """Encode random bytes as a shared secret."""
    return _key(SHARED + b64encode(random).decode())


def private_key(random: bytes) -> str:
    """Encode 32 random bytes as an Ed25519 private key."""
    return _key(PRIVATE + b64encode(random).decode())


def public_key(private: str) -> str:
    """Return the public key of a private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(_decode_key(private, PRIVATE))
    return PUBLIC + b64encode(key.public_key().public_bytes_raw()).decode()


def sign(signed: bytes, keys: Sequence[str]) -> str:
    """Return one signature per key, separated by blanks; raise ValueError without a key or for an invalid key."""
    if not keys:
        raise ValueError("nothing goes out unsigned: there is no key")
    return " ".join(_signature(signed, key) for key in keys)


def verify(signed: bytes, signatures: str, keys: Iterable[str]) -> None:
    """Raise UnverifiedMessage unless one of the signatures is by a known key."""
    candidates = signatures.split(" ")[:10]
    for key in keys:
        if key.startswith(PUBLIC):
            is_valid = any(
                _is_valid(signed, candidate.removeprefix("v1a,"), key)
                for candidate in candidates
                if candidate.startswith("v1a,")
            )
        else:
            expected = _signature(signed, key)
            is_valid = any(hmac.compare_digest(candidate.encode(), expected.encode()) for candidate in candidates)
        if is_valid:
            return
    raise UnverifiedMessage("no key that is known has signed this")


def _signature(signed: bytes, key: str) -> str:
    if key.startswith(PRIVATE):
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        signature = Ed25519PrivateKey.from_private_bytes(_decode_key(key, PRIVATE)).sign(signed)
        return f"v1a,{b64encode(signature).decode()}"
    return f"v1,{b64encode(hmac.digest(_decode_key(key, SHARED), signed, sha256)).decode()}"


def _is_valid(signed: bytes, signature: str, key: str) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(_decode_key(key, PUBLIC)).verify(b64decode(signature, validate=True), signed)
    except (InvalidSignature, Error, ValueError):
        return False
    return True


def _key(text: str) -> str:
    prefix = next((candidate for candidate in (SHARED, PRIVATE, PUBLIC) if text.startswith(candidate)), "")
    _decode_key(text, prefix or SHARED)
    return text


def _decode_key(text: str, prefix: str) -> bytes:
    """Decode a key; the error text never contains the key."""
    try:
        data = b64decode(text.removeprefix(prefix), validate=True)
    except Error:
        data = b""
    low, high = (SHORTEST_SECRET, LONGEST_SECRET) if prefix == SHARED else (ED25519_BYTES, ED25519_BYTES)
    if not text.startswith(prefix) or not low <= len(data) <= high:
        raise ValueError(f"a key is {prefix} and base64 of {low} to {high} bytes")
    return data
