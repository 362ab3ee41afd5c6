"""Sign and verify anchors with the Ed25519 key `keys/anchors` of the state folder, created at first use."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanzha.store.keys import load_key


def public_key() -> str:
    """Return the public key in hex. Issuers publish it; evidence packs are verified with it."""
    return _private().public_key().public_bytes_raw().hex()


def sign(text: bytes) -> bytes:
    """Sign a text."""
    return _private().sign(text)


def is_valid_signature(public: bytes, signature: bytes, text: bytes) -> bool:
    """Return whether a signature of a text is valid for a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(load_key("anchors"))
