"""Private files of the state folder: readable by the owner only, written atomically, one writer at a time."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PART = re.compile(r"\..+\.(\d+)\.part")


def create_private_folder(path: Path) -> Path:
    """Create a folder and its missing parents with mode 700; return the folder."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


def write_private_file(path: Path, data: bytes | memoryview) -> None:
    """Write a file with mode 600 atomically: write a temporary file, flush it to disk, rename it.

    If that fails, the file stays as it was and the temporary file is removed, so that it takes no room on a full disk.
    """
    temporary = create_private_folder(path.parent) / f".{path.name}.{os.getpid()}.part"
    temporary.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    flush_folder(path.parent)


def delete_abandoned_parts(folder: Path) -> int:
    """Delete the temporary files, in a folder and below, of processes that were killed; return their number."""
    deleted = 0
    for path in folder.rglob(".*.part"):
        if (matched := _PART.fullmatch(path.name)) and not Path(f"/proc/{matched[1]}").exists():
            with suppress(OSError):
                path.unlink()
                deleted += 1
    return deleted


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the exclusive lock of a folder. It is released when the process ends."""
    handle = os.open(create_private_folder(folder) / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
