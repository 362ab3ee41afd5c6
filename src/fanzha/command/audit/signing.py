"""The key that anchors are signed under (Ed25519): made at first use, `keys/anchors` of the state folder."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanzha.store.keys import load_key


def public_key() -> str:
    """Return the public key in hex: what issuers publish, and what packs are checked against."""
    return _private().public_key().public_bytes_raw().hex()


def sign(text: bytes) -> bytes:
    """Sign a text."""
    return _private().sign(text)


def fits(public: bytes, signature: bytes, text: bytes) -> bool:
    """Say whether a signature over a text is one of a public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(load_key("anchors"))
