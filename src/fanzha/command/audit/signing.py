"""Sign and verify anchors with the Ed25519 key `keys/anchors` of the state folder, created at first use."""

import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fanzha.store.keys import BYTES, load_key
from fanzha.store.private_files import write_private_file
from fanzha.store.state_folder import state_folder

NEXT_KEY = "anchors.next"  # the new key, until the statement about it is stored


def public_key(name: str = "anchors") -> str:
    """Return the public key in hex. Issuers publish it; evidence packs are verified with it."""
    return _private(name).public_key().public_bytes_raw().hex()


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


def create_next_key() -> str:
    """Create the key that follows the current one, and return its public key. It is not used yet."""
    write_private_file(_path(NEXT_KEY), secrets.token_bytes(BYTES))
    return public_key(NEXT_KEY)


def activate_next_key(public: str) -> None:
    """Replace the current key by the next one if its public key is `public`."""
    if _path(NEXT_KEY).exists() and public_key(NEXT_KEY) == public:
        _path(NEXT_KEY).replace(_path("anchors"))


def _path(name: str) -> Path:
    return state_folder() / "keys" / name


def _private(name: str = "anchors") -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(load_key(name))
