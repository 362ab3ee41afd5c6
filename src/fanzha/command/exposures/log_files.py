"""Files of sources in the state folder, from when they are handed in until they were read."""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.store.private_files import create_private_folder, flush_folder
from fanzha.store.state_folder import state_folder

MAX_BYTES = 8_000_000_000
#: Tables of who had an address, in a folder for each basis.
ADDRESS_FOLDER = "exposure-addresses"
_ORPHAN_SECONDS = 3_600


class StoredLog(NamedTuple):
    """SHA-256 and size of a stored file."""

    sha256: str
    size: int


def log_path(ref: str) -> Path:
    """Return the path of a file (a ref), which may not exist."""
    return _folder() / ref


def store_log(ref: str, chunks: Iterable[bytes]) -> StoredLog:
    """Write a file. Raise UsageError if it is empty or too large."""
    hasher, size, path = sha256(), 0, create_private_folder(_folder()) / ref
    try:
        with path.open("wb") as file:
            path.chmod(0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UsageError(f"the file is larger than {MAX_BYTES:,} bytes", fix="cut it into several")
                hasher.update(chunk)
                file.write(chunk)
            if not size:
                raise UsageError("the file is empty", fix="send the log itself")
            file.flush()
            os.fsync(file.fileno())
        flush_folder(path.parent)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return StoredLog(hasher.hexdigest(), size)


def delete_log(ref: str) -> None:
    """Delete a file."""
    log_path(ref).unlink(missing_ok=True)


def delete_orphans(refs: Collection[str], now: float) -> None:
    """Delete files of none of the refs, once they are an hour old: what is younger may just be handed in."""
    for path in _folder().iterdir() if _folder().is_dir() else ():
        with suppress(FileNotFoundError):
            if path.name not in refs and path.stat().st_mtime < now - _ORPHAN_SECONDS:
                path.unlink()


def _folder() -> Path:
    return state_folder() / "exposures"
