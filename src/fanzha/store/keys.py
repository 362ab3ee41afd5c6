"""Secret keys of this installation: 32 random bytes each, created at first use; there is no default."""

import secrets
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.store.private_files import lock_folder, write_private_file
from fanzha.store.state_folder import state_folder

BYTES = 32


def load_key(name: str, folder: Path | None = None) -> bytes:
    """Return the key `keys/<name>` of the state folder; create it if it does not exist.

    Raise UsageError if other users may read it or it is not 32 bytes long.
    """
    path = (folder or state_folder()) / "keys" / name
    if not path.exists():
        _create_key(path)
    if path.stat().st_mode & 0o077:
        raise UsageError(f"{path} can be read by others", fix=f"chmod 600 {path}, or remove it to have a new one made")
    secret = path.read_bytes()
    if len(secret) != BYTES:
        raise UsageError(f"{path} has {len(secret)} bytes, a key has {BYTES}", fix="restore it from its copy")
    return secret


def _create_key(path: Path) -> None:
    with lock_folder(path.parent):
        if not path.exists():
            write_private_file(path, secrets.token_bytes(BYTES))
