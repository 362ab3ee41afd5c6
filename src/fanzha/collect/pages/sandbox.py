"""Start the browser in a sandbox: namespaces of its own where the machine allows them, else by the proxy alone."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from fanzha.base.errors import UsageError

NAMESPACES, PROXY = "namespaces", "proxy"
#: The port of the proxy inside the sandbox.
PROXY_PORT = 1080
#: The largest file that the browser may write, and the size of its root in memory.
FILE_BYTES, ROOT_BYTES = 150_000_000, 400_000_000
_START_SECONDS = 10.0
_SCRIPT = Path(__file__).with_name("sandbox_child.py")


class SandboxRefused(UsageError):
    """The machine does not let the sandbox be made."""


class Sandbox(NamedTuple):
    """A running command: its process, the listening socket for the proxy, both ends of its pipe, and its folder."""

    process: subprocess.Popen[bytes]
    listener: socket.socket
    reader: int
    writer: int
    folder: Path
    isolation: str


@contextmanager
def open_sandbox(command: Sequence[str], isolation: str) -> Iterator[Sandbox]:
    """Run a command in a sandbox with a pipe on its descriptors 3 and 4; end it with all its children at the end.

    `{port}` and `{home}` in the command are replaced by the port of the proxy and a writable folder. Raise
    SandboxRefused if namespaces are required and the machine does not allow them.
    """
    folder = Path(tempfile.mkdtemp(prefix="fanzha-look-"))
    (folder / "look").mkdir()
    command_reader, writer = os.pipe()
    reader, command_writer = os.pipe()
    near, far = socket.socketpair()
    process: subprocess.Popen[bytes] | None = None
    try:
        with near, far:
            request = {
                "channel": far.fileno(),
                "pipe": (command_reader, command_writer),
                "folder": str(folder),
                "port": PROXY_PORT,
                "root_bytes": ROOT_BYTES,
                "file_bytes": FILE_BYTES,
                "namespaces": isolation == NAMESPACES,
                "command": list(command),
            }
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(_SCRIPT), json.dumps(request)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                pass_fds=(far.fileno(), command_reader, command_writer),
                start_new_session=True,
            )
            for descriptor in (command_reader, command_writer):
                os.close(descriptor)
            far.close()
            listener = _receive_listener(near, isolation)
        with listener:
            yield Sandbox(process, listener, reader, writer, folder / "look", isolation)
    finally:
        if process is not None:
            _end(process)
        for descriptor in (reader, writer):
            with suppress(OSError):
                os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def _receive_listener(channel: socket.socket, isolation: str) -> socket.socket:
    channel.settimeout(_START_SECONDS)
    try:
        message, descriptors, _, _ = socket.recv_fds(channel, 1_000, 1)
    except OSError:
        message, descriptors = b"", []
    if not descriptors:
        raise SandboxRefused(
            f"the sandbox of the browser cannot be made: {message.decode('utf-8', 'replace') or 'it ended'}",
            fix='allow user namespaces (user.max_user_namespaces), or set isolation = "proxy" in [look] of fanzha.toml',
        )
    return socket.socket(fileno=descriptors[0])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group; in namespaces all others end with their first process."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
