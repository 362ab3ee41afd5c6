"""A pair of local datagram sockets with names: what unit tests have instead of a network."""

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def local_pair(folder: Path) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Open two sockets, the second connected to the first."""
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as near,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as far,
    ):
        near.bind(str(folder / "near"))
        far.bind(str(folder / "far"))
        far.connect(str(folder / "near"))
        far.settimeout(5)
        yield near, far
