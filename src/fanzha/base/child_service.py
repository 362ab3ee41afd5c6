"""A child process that answers many requests, so that small untrusted files share one interpreter.

A request that crashes the child or times out fails alone; the next one starts a new child. The child ends after an idle
time and after a number of requests, which limits what one file can leave behind.
"""

import atexit
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Any

from fanzha.base.child_process import (
    ChildCrash,
    ChildError,
    ChildLimits,
    ChildOutOfMemory,
    FrameReader,
    child_command,
    child_environment,
    explain_end,
)
from fanzha.base.child_worker import DATA, END, OUT_OF_MEMORY, REFUSED, ChildRefusal

_SERVE = (
    "import json, sys; request = json.loads(sys.argv[1]); sys.path[:] = request['path'];"
    "from fanzha.base.child_worker import serve; serve(request)"
)
MAX_REQUESTS = 500
IDLE_SECONDS = 20


class ChildService:
    """Calls a function in a child process that is reused. Thread-safe; one call at a time."""

    def __init__(self, limits: ChildLimits, function: Callable[..., Iterable[bytes]]) -> None:
        """`limits.wait_seconds` limits each call, `cpu_seconds` the life of one child."""
        self._limits = limits
        self._function = function
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._owner = 0
        self._requests = 0

    def call(self, *arguments: Any) -> bytes:
        """Return the joined output of the function for JSON values. Raise ChildRefusal or ChildError."""
        with self._lock:
            process = self._ready_process()
            try:
                return self._exchange(process, arguments)
            except ChildRefusal:
                raise
            except BaseException:
                self._stop()
                raise

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._stop()

    def _ready_process(self) -> subprocess.Popen[bytes]:
        is_usable = (
            self._process is not None
            and self._owner == os.getpid()
            and self._requests < MAX_REQUESTS
            and self._process.poll() is None
        )
        if not is_usable:
            self._stop()
            self._start()
        assert self._process is not None
        self._requests += 1
        return self._process

    def _start(self) -> None:
        command = child_command(_SERVE, self._limits, self._function, (IDLE_SECONDS,), {})
        error_reader, error_writer = os.pipe()
        os.set_blocking(error_writer, False)
        os.set_blocking(error_reader, False)
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=error_writer,
                env=child_environment(),
                cwd="/",
            )
        except OSError as error:
            os.close(error_reader)
            raise ChildCrash(f"it could not be started: {error.strerror}") from error
        finally:
            os.close(error_writer)
        self._errors = os.fdopen(error_reader, "rb", buffering=0)
        self._owner, self._requests = os.getpid(), 0
        atexit.register(self.close)

    def _exchange(self, process: subprocess.Popen[bytes], arguments: tuple[Any, ...]) -> bytes:
        assert process.stdin is not None and self._errors is not None
        output, parts = FrameReader(process, self._limits), list[bytes]()
        try:
            process.stdin.write(json.dumps(arguments).encode() + b"\n")
            process.stdin.flush()
            while True:
                kind, data = output.read_frame()
                if kind != DATA:
                    break
                parts.append(data)
        except (EOFError, BrokenPipeError):
            raise explain_end(process, self._errors, self._limits) from None
        if kind == REFUSED:
            raise ChildRefusal(data.decode())
        if kind == OUT_OF_MEMORY:
            raise ChildOutOfMemory(self._limits)
        if kind != END:
            raise ChildCrash(data.decode("utf-8", "replace"))
        return b"".join(parts)

    def _stop(self) -> None:
        process, errors = self._process, self._errors
        self._process = self._errors = None
        atexit.unregister(self.close)
        if errors is not None:
            errors.close()
        if process is None:
            return
        if self._owner == os.getpid():
            process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        if self._owner == os.getpid():
            process.wait()
        else:
            process.returncode = 0  # another process's child: not ours to wait for


__all__ = ["ChildError", "ChildRefusal", "ChildService"]
