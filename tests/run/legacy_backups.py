"""Write backups as version 0.1.0 did: a compressed tar, in which at most the keys are encrypted."""

import io
import secrets
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from fanzha.run.archive import LEGACY_FORMAT, MANIFEST, BackupManifest, encode_manifest


def seal(data: bytes, passphrase: str, name: str) -> bytes:
    """Encrypt a key file."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = Scrypt(salt=salt, length=32, n=1 << 15, r=8, p=1).derive(passphrase.encode())
    return b"FZK1" + salt + nonce + AESGCM(key).encrypt(nonce, data, name.encode())


def write_legacy_backup(path: Path, members: dict[str, bytes], *, keys: str = "plain") -> None:
    """Write members and a manifest that fits them."""
    hashes = {name: sha256(data).hexdigest() for name, data in members.items()}
    manifest = BackupManifest(LEGACY_FORMAT, "0.1.0", "2026-03-02T00:00:00Z", "sqlite", keys, (), hashes)
    write_tar(path, members | {MANIFEST: encode_manifest(manifest)})


def write_tar(path: Path, members: dict[str, bytes]) -> None:
    """Write a compressed tar."""
    with (
        pa.CompressedOutputStream(str(path), "zstd") as packed,
        tarfile.open(fileobj=cast(IO[bytes], packed), mode="w|") as tar,
    ):
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
