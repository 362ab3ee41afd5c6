"""The child's side of `fanzha.base.child_process`: sets the limits, runs one function, writes its results as frames.

Imports the standard library only, so that a child starts within milliseconds.
"""

import importlib.util
import json
import os
import resource
import select
import struct
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import ModuleType
from typing import Any

#: A frame: its kind and the number of bytes that follow.
FRAME_HEADER = struct.Struct("<cI")
DATA, END, REFUSED, OUT_OF_MEMORY, FAILED = b"D", b"E", b"R", b"M", b"F"
MAX_FRAME_BYTES = 64 * 1024 * 1024
_MAX_MESSAGE_CHARACTERS = 300
_MODULE = "fanzha_child_module"  # the name under which a child loads the module of its function
_MAX_OPEN_FILES = 64
_CPU_GRACE_SECONDS = 5  # between SIGXCPU, which an extension may block, and SIGKILL


class ChildRefusal(Exception):
    """The function refuses its input. `reason` is a key that the parent translates for the operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def main(request: dict[str, Any]) -> None:
    """Run the function of a request; end the process with exit code 0 if every frame was written."""
    output = _take_standard_output()
    limit_process(request["memory_bytes"], request["cpu_seconds"])
    _answer(output, request["file"], request["function"], request["arguments"], request["keywords"])
    os._exit(0)


def serve(request: dict[str, Any]) -> None:
    """Answer one request after another, each a line of JSON arguments; end when none comes for a while.

    The one argument of the first request is how many seconds to wait for the next line.
    """
    output = _take_standard_output()
    limit_process(request["memory_bytes"], request["cpu_seconds"])
    (idle_seconds,) = request["arguments"]
    requests = sys.stdin.buffer
    while select.select([requests], [], [], idle_seconds)[0]:
        line = requests.readline()
        if not line:
            break
        _answer(output, request["file"], request["function"], json.loads(line), {})
    os._exit(0)


def _answer(output: int, file: str, name: str, arguments: list[Any], keywords: dict[str, Any]) -> None:
    """Call a function and write its frames and the last one, which says how it ended."""
    kind, message = END, ""
    try:
        for data in load_function(file, name)(*arguments, **keywords):
            _write_frame(output, DATA, data)
    except ChildRefusal as refusal:
        kind, message = REFUSED, refusal.reason
    except MemoryError:
        kind = OUT_OF_MEMORY
    except BrokenPipeError:
        os._exit(1)  # the parent wants no more
    except BaseException as error:  # a panic of a Rust extension is no Exception
        kind, message = FAILED, f"{type(error).__name__}: {error}"
    _write_frame(output, kind, message[:_MAX_MESSAGE_CHARACTERS].encode("utf-8", "replace"))


def limit_process(memory_bytes: int, cpu_seconds: int) -> None:
    """Limit address space, CPU time and open files of this process; forbid core dumps and writing files."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # if the machine runs out of memory, the kernel ends this process first
    _lower(resource.RLIMIT_AS, memory_bytes, memory_bytes)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + _CPU_GRACE_SECONDS)
    _lower(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES, _MAX_OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_FSIZE, 0, 0)


def _lower(limit: int, soft: int, hard: int) -> None:
    """Lower a limit; one that is lower already stays."""
    current_soft, current_hard = (
        sys.maxsize if value == resource.RLIM_INFINITY else value for value in resource.getrlimit(limit)
    )
    hard = min(hard, current_hard)
    resource.setrlimit(limit, (min(soft, current_soft, hard), hard))


def load_function(file: str, name: str) -> Callable[..., Iterable[bytes]]:
    """Return a function of the module in a file. The package of the module is not imported."""
    loaded = sys.modules.get(_MODULE)
    if loaded is not None and loaded.__file__ == file:
        known: Callable[..., Iterable[bytes]] = getattr(loaded, name)
        return known
    spec = importlib.util.spec_from_file_location(_MODULE, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"no module in {file}")
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    function: Callable[..., Iterable[bytes]] = getattr(module, name)
    return function


def _take_standard_output() -> int:
    """Return the descriptor of the frames; what else is printed goes nowhere."""
    output = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return output


def _write_frame(output: int, kind: bytes, data: bytes) -> None:
    if len(data) > MAX_FRAME_BYTES:
        raise ValueError(f"a frame of {len(data)} bytes")
    for part in (FRAME_HEADER.pack(kind, len(data)), data):
        remaining = memoryview(part)
        while remaining:
            remaining = remaining[os.write(output, remaining) :]
