"""Evidence files (photos, papers, recordings), stored by their SHA-256, written once and never changed."""

import logging
import os
import re
from collections.abc import Iterable, Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from fanzha.base.errors import UsageError
from fanzha.store.private_files import flush_folder
from fanzha.store.state_folder import state_folder

log = logging.getLogger(__name__)

#: The maximum size of one file.
MAX_BYTES = 50_000_000
_NAME = re.compile(r"[0-9a-f]{64}")
_FOLDER_NAME = re.compile(r"[0-9a-f]{2}")
_PART = ".part"


def store_file(chunks: Iterable[bytes], folder: Path | None = None) -> str:
    """Store a file and flush it to disk; return its SHA-256 in hex. Raise UsageError if it is too large."""
    evidence_folder = _evidence_folder(folder)
    evidence_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    hasher, size = sha256(), 0
    with NamedTemporaryFile(dir=evidence_folder, suffix=_PART, delete=False) as file:
        temporary = Path(file.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > MAX_BYTES:
                    raise UsageError(f"the file is larger than {MAX_BYTES:,} bytes", fix="make it smaller, or cut it")
                hasher.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    name = hasher.hexdigest()
    target = evidence_folder / name[:2] / name
    target.parent.mkdir(exist_ok=True, mode=0o700)
    temporary.replace(target)
    flush_folder(target.parent)
    flush_folder(evidence_folder)
    return name


def find_file(name: str, folder: Path | None = None) -> Path | None:
    """Return the path of a file by its SHA-256, or None if it is not stored."""
    if not _NAME.fullmatch(name):
        return None
    path = _evidence_folder(folder) / name[:2] / name
    return path if path.is_file() else None


def find_intact_file(name: str, folder: Path | None = None) -> Path | None:
    """Return the path of a file by its SHA-256, or None if it is not stored or its content has another SHA-256.

    A damaged file is never shown as evidence; the operator finds it in the log.
    """
    path = find_file(name, folder)
    if path is None:
        return None
    with path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() == name:
            return path
    log.error(
        "%s is damaged: its content is not what was stored; restore it from a backup "
        "证据文件已损坏，内容与存入时不符，请用备份恢复",
        path,
    )
    return None


def delete_file(name: str, folder: Path | None = None) -> bool:
    """Delete a file (used biometrics, erased persons); return whether it existed. Its hash remains in the audit log."""
    path = find_file(name, folder)
    if path is not None:
        path.unlink(missing_ok=True)
    return path is not None


def list_old_files(before: float, folder: Path | None = None) -> Iterator[str]:
    """Return the names of the files last written before a time (UTC seconds)."""
    for path in _old_files(before, folder):
        if _NAME.fullmatch(path.name) and path.parent.name == path.name[:2]:
            yield path.name


def delete_old_file(name: str, before: float, folder: Path | None = None) -> bool:
    """Delete a file last written before a time (UTC seconds); return whether it was deleted.

    The file is renamed before its time is checked, so that a file written again at the same moment is kept.
    """
    path = find_file(name, folder)
    if path is None:
        return False
    renamed = _evidence_folder(folder) / f"{name}{_PART}"
    try:
        path.replace(renamed)
    except FileNotFoundError:
        return False
    if renamed.stat().st_mtime >= before:
        renamed.replace(path)
        return False
    renamed.unlink()
    return True


def delete_incomplete_files(before: float, folder: Path | None = None) -> int:
    """Delete what interrupted writers left before a time (UTC seconds); return the number of files."""
    parts = [path for path in _old_files(before, folder) if path.suffix == _PART]
    for path in parts:
        path.unlink(missing_ok=True)
    return len(parts)


def _evidence_folder(folder: Path | None) -> Path:
    return (folder or state_folder()) / "evidence"


def _old_files(before: float, folder: Path | None) -> Iterator[Path]:
    evidence_folder = _evidence_folder(folder)
    if not evidence_folder.is_dir():
        return
    subfolders = (path for path in sorted(evidence_folder.iterdir()) if _FOLDER_NAME.fullmatch(path.name))
    for current in (evidence_folder, *subfolders):
        with os.scandir(current) as entries:
            for entry in entries:
                try:
                    if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < before:
                        yield Path(entry.path)
                except FileNotFoundError:  # removed since the folder was listed
                    continue
