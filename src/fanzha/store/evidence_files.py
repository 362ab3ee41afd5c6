"""Evidence files (photos, papers, recordings), stored by their SHA-256, written once and never changed."""

import re
import shutil
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from fanzha.base.errors import UsageError
from fanzha.store.state_folder import state_folder

#: The maximum size of one file.
MAX_BYTES = 50_000_000
_NAME = re.compile(r"[0-9a-f]{64}")


def store_file(chunks: Iterable[bytes], folder: Path | None = None) -> str:
    """Store a file; return its SHA-256 in hex. Raise UsageError if it is too large."""
    evidence_folder = (folder or state_folder()) / "evidence"
    evidence_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    hasher, size = sha256(), 0
    with NamedTemporaryFile(dir=evidence_folder, delete=False) as file:
        temporary = Path(file.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UsageError(f"the file is larger than {MAX_BYTES:,} bytes", fix="make it smaller, or cut it")
                hasher.update(chunk)
                file.write(chunk)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    name = hasher.hexdigest()
    target = evidence_folder / name[:2] / name
    target.parent.mkdir(exist_ok=True, mode=0o700)
    shutil.move(temporary, target)
    return name


def find_file(name: str, folder: Path | None = None) -> Path | None:
    """Return the path of a file by its SHA-256, or None if it is not stored."""
    if not _NAME.fullmatch(name):
        return None
    path = (folder or state_folder()) / "evidence" / name[:2] / name
    return path if path.is_file() else None


def delete_file(name: str, folder: Path | None = None) -> bool:
    """Delete a file (used biometrics, erased persons); return whether it existed. Its hash remains in the audit log."""
    path = find_file(name, folder)
    if path is not None:
        path.unlink()
    return path is not None
