"""Write a snapshot in a forked copy of the process, so that detection does not wait for it."""

import os
import signal
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from fanzha.store.private_files import flush_folder

CHILD_NICENESS = 10  # added: detection comes first
LIMIT_SECONDS = 1_800.0  # a child that takes longer is ended


class SnapshotProcess:
    """A child process that holds the state as it was when it was forked, and writes it into a temporary file.

    Only the parent puts the file in the place of the snapshot: a child that outlives its parent changes nothing.
    """

    def __init__(self, path: Path, step: int, encode: Callable[[], bytes]) -> None:
        """Fork; the child writes what `encode` returns. Raise OSError if there is no room for a child."""
        self._path, self.step = path, step
        self._started = time.monotonic()
        with warnings.catch_warnings():
            # The other threads fetch messages; the child takes none of their locks.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._child = os.fork()
        if not self._child:
            _write_and_exit(path, encode)

    def is_done(self) -> bool:
        """Return whether the child has ended. Then its file is the snapshot; raise OSError if it could not write."""
        child, status = os.waitpid(self._child, os.WNOHANG)
        if not child:
            if time.monotonic() - self._started > LIMIT_SECONDS:
                os.kill(self._child, signal.SIGKILL)
            return False
        self._finish_file(os.waitstatus_to_exitcode(status))
        return True

    def wait(self) -> None:
        """Wait for the end of the child. Raise OSError if it could not write."""
        self._finish_file(os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1]))

    def stop(self) -> None:
        """End the child without a snapshot."""
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        _part(self._path, self._child).unlink(missing_ok=True)

    def _finish_file(self, exit_code: int) -> None:
        part = _part(self._path, self._child)
        if exit_code:
            part.unlink(missing_ok=True)
            reason = os.strerror(exit_code) if exit_code > 0 else f"signal {-exit_code}"
            raise OSError(f"{self._path}: the snapshot could not be written ({reason}) 快照未能写入")
        part.replace(self._path)
        flush_folder(self._path.parent)


def _part(path: Path, process: int) -> Path:
    """Return the name of a temporary file, which `delete_abandoned_parts` deletes once the process is gone."""
    return path.with_name(f".{path.name}.{process}.part")


def _write_and_exit(path: Path, encode: Callable[[], bytes]) -> None:
    """Write the snapshot without the files and sockets of the parent, whose lock and ports end with the parent."""
    code = 1
    try:
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.nice(CHILD_NICENESS)
        with os.fdopen(os.open(_part(path, os.getpid()), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(encode())
            file.flush()
            os.fsync(file.fileno())
        code = 0
    except OSError as error:
        code = error.errno or 1
    finally:
        with suppress(BaseException):
            os._exit(code)
