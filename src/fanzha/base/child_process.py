"""Run a function in a child process with limits, for parsers of untrusted files that may exhaust memory or crash.

The child is a fresh interpreter without the environment, the standard input and the open files of this process. It
imports the module of the function from its file and not the packages above it, so that it starts within milliseconds.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, ParamSpec

from fanzha.base.child_worker import DATA, END, FRAME_HEADER, MAX_FRAME_BYTES, OUT_OF_MEMORY, REFUSED
from fanzha.base.child_worker import ChildRefusal as ChildRefusal
from fanzha.base.words import Words

P = ParamSpec("P")

_BOOT = (
    "import json, sys; request = json.loads(sys.argv[1]); sys.path[:] = request['path'];"
    "from fanzha.base.child_worker import main; main(request)"
)
_INHERITED_VARIABLES = ("LD_LIBRARY_PATH",)
_READ_BYTES = 1 << 20
_ERROR_BYTES = 65_536
#: What Rust and C++ print when an allocation fails, before they abort.
_ALLOCATION_FAILED = (b"memory allocation of", b"bad_alloc")


@dataclass(frozen=True)
class ChildLimits:
    """Limits of a child process."""

    memory_bytes: int = 2 * 1024**3  # address space
    cpu_seconds: int = 120
    wait_seconds: float = (
        300.0  # total time that the parent waits for output; its own work between reads is not counted
    )


class ChildError(Exception):
    """A child ended without a complete result. `words` says why and what to do."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


class ChildOutOfMemory(ChildError):
    """The child needed more memory than its limit."""

    def __init__(self, limits: ChildLimits) -> None:
        megabytes = limits.memory_bytes >> 20
        super().__init__(
            Words(
                f"解析所需内存超过 {megabytes} MB；请拆分文件，或换用更简单的格式（如 CSV）",
                f"parsing it needs more than {megabytes} MB of memory; "
                "split the file, or export it in a simpler format such as CSV",
            )
        )


class ChildTimeout(ChildError):
    """The child used up its CPU time, or gave no output in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            Words(
                f"解析超过 {seconds:g} 秒；请拆分文件，或换用更简单的格式（如 CSV）",
                f"parsing it takes more than {seconds:g} seconds; "
                "split the file, or export it in a simpler format such as CSV",
            )
        )


class ChildCrash(ChildError):
    """The child was ended by a signal, failed with an exception, or broke the protocol."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            Words(
                f"解析程序异常终止（{detail}）；文件可能已损坏；请重新导出，或换用更简单的格式（如 CSV）",
                f"the parser failed ({detail}); the file may be damaged; "
                "export it again, or in a simpler format such as CSV",
            )
        )


def stream_from_child(
    limits: ChildLimits, function: Callable[P, Iterable[bytes]], *args: P.args, **kwargs: P.kwargs
) -> Iterator[bytes]:
    """Run a function in a child process and yield the byte strings that it yields, at most 64 MB each.

    `function` is a module-level function. Its module is loaded without its parent packages and may import light
    modules only. The arguments are JSON values. Raise ChildRefusal if the function raises it, ChildError if
    the child fails. When the iterator is closed, the child ends.
    """
    with _start_child(child_command(_BOOT, limits, function, args, kwargs)) as (process, errors):
        output = FrameReader(process, limits)
        try:
            while True:
                kind, data = output.read_frame()
                if kind != DATA:
                    break
                yield data
        except EOFError:
            raise explain_end(process, errors, limits) from None
        if kind == REFUSED:
            raise ChildRefusal(data.decode())
        if kind == OUT_OF_MEMORY:
            raise ChildOutOfMemory(limits)
        if kind != END:
            raise ChildCrash(data.decode("utf-8", "replace"))


def child_command(
    boot: str,
    limits: ChildLimits,
    function: Callable[..., object],
    arguments: tuple[object, ...],
    keywords: dict[str, object],
) -> list[str]:
    """Return the command that runs `boot`, the first statements of a child, with its request."""
    request = {
        "path": [os.path.abspath(entry) for entry in sys.path if entry],
        "file": os.path.abspath(str(sys.modules[function.__module__].__file__)),
        "function": function.__name__,
        "arguments": arguments,
        "keywords": keywords,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    return [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", boot, json.dumps(request)]


def child_environment() -> dict[str, str]:
    """Return the environment of a child: hardly anything of this process's own."""
    return {name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}


@contextmanager
def _start_child(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Start a child; yield it and its standard error. On exit the child is killed if it still runs."""
    error_reader, error_writer = os.pipe()
    with open(error_reader, "rb", buffering=0) as errors:
        try:
            os.set_blocking(error_writer, False)  # a child that prints without end does not stop there
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=error_writer,
                env=child_environment(),
                cwd="/",
            )
        except OSError as error:
            raise ChildCrash(f"it could not be started: {error.strerror}") from error
        finally:
            os.close(error_writer)
        with process:
            try:
                yield process, errors
            finally:
                if process.poll() is None:
                    process.kill()


class FrameReader:
    """Reads frames from a child, with a limit on the total time spent waiting."""

    def __init__(self, process: subprocess.Popen[bytes], limits: ChildLimits) -> None:
        assert process.stdout is not None
        self._descriptor = process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLIN)
        self._limits = limits
        self._remaining_seconds = limits.wait_seconds

    def read_frame(self) -> tuple[bytes, bytes]:
        """Return kind and data. Raise EOFError if the output ends, ChildTimeout if the child takes too long."""
        kind, size = FRAME_HEADER.unpack(self._read(FRAME_HEADER.size))
        if size > MAX_FRAME_BYTES:
            raise ChildCrash("its output is malformed")
        return kind, self._read(size)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            started = time.monotonic()
            is_ready = self._poll.poll(max(0.0, self._remaining_seconds) * 1000)
            self._remaining_seconds -= time.monotonic() - started
            if not is_ready:
                raise ChildTimeout(self._limits.wait_seconds)
            block = os.read(self._descriptor, min(size - len(data), _READ_BYTES))
            if not block:
                raise EOFError
            data += block
        return bytes(data)


def explain_end(process: subprocess.Popen[bytes], errors: IO[bytes], limits: ChildLimits) -> ChildError:
    """Return the error of a child that ended without a last frame."""
    try:
        code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return ChildCrash("it closed its output")
    message = errors.read(_ERROR_BYTES)
    if -code == signal.SIGXCPU:
        return ChildTimeout(limits.cpu_seconds)
    if -code == signal.SIGKILL or any(phrase in message for phrase in _ALLOCATION_FAILED):
        return ChildOutOfMemory(limits)
    return ChildCrash(f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}")
