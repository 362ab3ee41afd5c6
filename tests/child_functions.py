"""Functions that the tests of child processes run in a child: what a parser may do, and what it must not."""

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator

from fanzha.base.child_worker import ChildRefusal


def repeat(text: str, count: int) -> Iterator[bytes]:
    """Yield a text several times."""
    for _ in range(count):
        yield text.encode()


def refuse(reason: str) -> Iterator[bytes]:
    """Yield one piece, then refuse."""
    yield b"first"
    raise ChildRefusal(reason)


def fail(message: str) -> Iterator[bytes]:
    """Raise an exception."""
    yield b"first"
    raise LookupError(message)


def allocate(size: int) -> Iterator[bytes]:
    """Ask for memory."""
    yield str(len(bytearray(size))).encode()


def end_by(number: int) -> Iterator[bytes]:
    """End by a signal, in the middle of the output."""
    yield b"first"
    os.kill(os.getpid(), number)
    signal.pause()
    yield b"never"


def complain_and_abort(message: str) -> Iterator[bytes]:
    """Print to standard error and abort, as Rust does when an allocation fails."""
    yield b"first"
    os.write(2, message.encode())
    os.abort()


def exit_with(code: int) -> Iterator[bytes]:
    """End without a last frame."""
    yield b"first"
    os._exit(code)


def sleep(seconds: float) -> Iterator[bytes]:
    """Yield one piece, then wait."""
    yield b"first"
    time.sleep(seconds)


def use_processor() -> Iterator[bytes]:
    """Compute without end."""
    yield b"first"
    while True:
        pass


def yield_forever() -> Iterator[bytes]:
    """Yield the number of this process and then pieces without end."""
    yield str(os.getpid()).encode()
    while True:
        yield bytes(100_000)


def print_noise(text: str) -> Iterator[bytes]:
    """Print to standard output and a lot to standard error, beside the result."""
    print(text, flush=True)
    for _ in range(3):
        try:
            os.write(2, b"x" * 100_000)
        except BlockingIOError:
            break
    yield text.encode()


def write_frame(data: str) -> Iterator[bytes]:
    """Break the protocol: write to every descriptor."""
    yield b"first"
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, data.encode())
        except OSError:
            continue
    os._exit(0)


def describe() -> Iterator[bytes]:
    """Yield what the child has and may do, a line each; Python itself sets LC_CTYPE."""
    yield f"environment {sorted(os.environ.keys() - {'LC_CTYPE'})}".encode()
    yield f"input {sys.stdin.read()!r}".encode()
    yield f"descriptors {sorted(int(name) for name in os.listdir('/proc/self/fd'))[:-1]}".encode()
    yield f"core {resource.getrlimit(resource.RLIMIT_CORE)}".encode()
    yield f"modules {sorted({'numba', 'numpy', 'pyarrow', 'fanzha.read'} & set(sys.modules))}".encode()


def write_file(path: str) -> Iterator[bytes]:
    """Write a file."""
    with open(path, "w") as file:
        file.write("x")
    yield b"written"
