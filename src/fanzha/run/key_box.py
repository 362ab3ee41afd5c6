"""Keys in a backup: sealed under a pass phrase (scrypt, RFC 7914; AES-256-GCM, NIST SP 800-38D), file by file."""

import secrets
from pathlib import Path

from fanzha.base.errors import WrongCall

_MARK = b"FZK1"
_SALT, _NONCE = 16, 12
SHORTEST = 12  # characters of a pass phrase


def read_phrase(path: Path) -> str:
    """Return the pass phrase that a file holds. Raises WrongCall when others may read it, or when it is short."""
    try:
        if path.stat().st_mode & 0o077:
            raise WrongCall(f"{path} can be read by others", fix=f"chmod 600 {path}")
        phrase = path.read_text("utf-8").strip()
    except OSError as error:
        raise WrongCall(f"{path} cannot be read ({error.strerror})") from None
    if len(phrase) < SHORTEST:
        raise WrongCall(f"{path}: a pass phrase has {SHORTEST} characters or more", fix="write a longer one")
    return phrase


def seal(data: bytes, phrase: str, name: str) -> bytes:
    """Return a key file sealed; `name` is bound to it, so that files cannot be exchanged."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return _MARK + salt + nonce + AESGCM(_derived(phrase, salt)).encrypt(nonce, data, name.encode())


def unseal(data: bytes, phrase: str, name: str) -> bytes:
    """Return what was sealed. Raises WrongCall for another pass phrase, or when anything was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    start = len(_MARK)
    salt, nonce = data[start : start + _SALT], data[start + _SALT : start + _SALT + _NONCE]
    try:
        if not data.startswith(_MARK):
            raise InvalidTag
        return AESGCM(_derived(phrase, salt)).decrypt(nonce, data[start + _SALT + _NONCE :], name.encode())
    except (InvalidTag, ValueError):
        raise WrongCall(f"{name} does not open with this pass phrase", fix="give the one it was sealed with") from None


def _derived(phrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(phrase.encode())
