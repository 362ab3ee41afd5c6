"""Files of the state folder: only their owner reads them, nobody sees half of one, one writer at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def create_private_folder(path: Path) -> Path:
    """Return a folder that is there; what had to be made, parents too, has mode 700."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
    return path


def write_private_file(path: Path, data: bytes | memoryview) -> None:
    """Write a file of mode 600 beside its place, flush it to the disk, put it there by one rename."""
    temporary = create_private_folder(path.parent) / f".{path.name}.{os.getpid()}.part"
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; whoever else wants it waits. A process that dies gives it back."""
    handle = os.open(create_private_folder(folder) / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
