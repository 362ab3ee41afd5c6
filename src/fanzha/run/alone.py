"""One `fanzha up` a state folder, and none while a backup is being put back."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fanzha.base.errors import WrongCall
from fanzha.store.private_files import private_folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a state folder. Raises WrongCall when another process does; one that dies gives it back."""
    handle = os.open(private_folder(folder) / ".up", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise WrongCall(f"fanzha up runs already on {folder}", fix="stop it, or name another FANZHA_HOME") from None
    try:
        yield
    finally:
        os.close(handle)
