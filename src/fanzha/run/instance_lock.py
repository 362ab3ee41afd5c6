"""Lock a state folder: only one `fanzha up` runs on it, and none during a restore."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.store.private_files import create_private_folder


@contextmanager
def instance_lock(folder: Path) -> Iterator[None]:
    """Lock a state folder for the block; the kernel releases the lock when the process dies.

    Raise UsageError if another process holds the lock.
    """
    handle = os.open(create_private_folder(folder) / ".up", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise UsageError(f"fanzha up runs already on {folder}", fix="stop it, or name another FANZHA_HOME") from None
    try:
        yield
    finally:
        os.close(handle)
