"""Backups of version 0.1.0: a compressed tar with a manifest, in which at most the files in `keys/` are encrypted.

Such a file is not authenticated: its holder could change the database and the manifest. `tar` and `zstd` read it.
"""

from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.run.archive import BackupManifest, read_manifest

SEALED_SUFFIX = ".sealed"
_MAGIC = b"FZK1"
_SALT, _NONCE = 16, 12


def refuse_unauthenticated(path: Path) -> None:
    """Raise UsageError unless every key file is encrypted, and at least one is there."""
    manifest = read_manifest(path)
    keys = [name for name in manifest.members if name.startswith("state/keys/")]
    if manifest.keys != "encrypted" or not keys or not all(name.endswith(SEALED_SUFFIX) for name in keys):
        raise UsageError(
            f"{path}: 旧格式备份，密钥未加密，内容无从核实 is of an old format with keys that are not encrypted: "
            "anybody who had the file could read and change everything in it",
            fix="仅当能确定该文件从未离开可信保管时，才用 --accept-unauthenticated give --accept-unauthenticated if you"
            " are sure that it was never out of safe hands; change all keys and API keys afterwards",
        )


def open_keys(state: Path, manifest: BackupManifest, passphrase: str) -> None:
    """Decrypt the key files of an unpacked state folder in place. Raise UsageError if the pass phrase is wrong."""
    if manifest.keys != "encrypted":
        return
    if not passphrase:
        raise UsageError(
            "此备份的密钥已用口令加密 the keys of this backup are sealed",
            fix="用 --passphrase 指定口令文件 give --passphrase with the file that opens them",
        )
    for sealed_file in sorted(state.rglob(f"*{SEALED_SUFFIX}")):
        file = sealed_file.with_name(sealed_file.name.removesuffix(SEALED_SUFFIX))
        file.touch(mode=0o600)
        file.write_bytes(unseal(sealed_file.read_bytes(), passphrase, file.relative_to(state).as_posix()))
        sealed_file.unlink()


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
        raise UsageError(
            f"{name}: 此口令打不开 does not open with this pass phrase",
            fix="请给出备份时所用的口令 give the one it was sealed with",
        ) from None


def _derive_key(passphrase: str, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    return Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode())
