"""Encrypt key files in a backup with a pass phrase (scrypt, RFC 7914; AES-256-GCM, NIST SP 800-38D)."""

import secrets
from pathlib import Path

from fanzha.base.errors import UsageError

_MAGIC = b"FZK1"
_SALT, _NONCE = 16, 12
MIN_PASSPHRASE_LENGTH = 12  # characters of a pass phrase


def read_passphrase(path: Path) -> str:
    """Read a pass phrase from a file. Raise UsageError if other users can read the file, or if the phrase is short."""
    try:
        if path.stat().st_mode & 0o077:
            raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}")
        passphrase = path.read_text("utf-8").strip()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})") from None
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise UsageError(
            f"{path}: a pass phrase has {MIN_PASSPHRASE_LENGTH} characters or more", fix="write a longer one"
        )
    return passphrase


def seal(data: bytes, passphrase: str, name: str) -> bytes:
    """Encrypt a key file; `name` is authenticated too, so that files cannot be exchanged."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    return _MAGIC + salt + nonce + AESGCM(_derive_key(passphrase, salt)).encrypt(nonce, data, name.encode())


def unseal(data: bytes, passphrase: str, name: str) -> bytes:
    """Decrypt a key file. Raise UsageError if the pass phrase is wrong or the data was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    start = len(_MAGIC)
    salt, nonce = data[start : start + _SALT], data[start + _SALT : start + _SALT + _NONCE]
    try:
        if not data.startswith(_MAGIC):
            raise InvalidTag
        return AESGCM(_derive_key(passphrase, salt)).decrypt(nonce, data[start + _SALT + _NONCE :], name.encode())
    except (InvalidTag, ValueError):
        raise UsageError(f"{name} does not open with this pass phrase", fix="give the one it was sealed with") from None


def _derive_key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode())
