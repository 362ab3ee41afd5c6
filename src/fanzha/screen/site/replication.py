"""What an owner gives its standby: its state once, then every line of its log as it is written.

The state is written by a forked process, since a large one takes longer than a call may wait; the fork sees memory as
it was at one moment, and the lines after that moment follow. A standby that does not keep up is dropped, never waited
for.
"""

import asyncio
import contextlib
import os
import select
import socket
import traceback
import warnings
from collections.abc import Callable

from fanzha.screen.event_log import Log

MOST_WAITING = 64 << 20  # bytes of log lines that may wait for a standby
LENGTH_BYTES = 8
_WATCH_SECONDS = 0.02


class Giver:
    """Gives to one standby over a socket."""

    def __init__(
        self, own: socket.socket, log: Log, state: Callable[[], bytes], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Begin: from here on, state and lines belong together."""
        self._socket, self._log, self._loop = own, log, loop
        self._waiting, self._writing = bytearray(), False
        self._waits_since = 0.0
        self.lost = False
        own.setblocking(False)
        self._pid = _fork(own, state)
        log.sinks.append(self.line)
        self._watch()

    def line(self, lines: bytes) -> None:
        """Take lines of the log."""
        if not self._waiting:
            self._waits_since = self._loop.time()
        self._waiting += lines
        if len(self._waiting) > MOST_WAITING:
            self.close()
        elif not self._pid and not self._writing:
            self._write()

    @property
    def lag_seconds(self) -> float:
        """How long lines have been waiting to be sent; 0 where none waits."""
        return self._loop.time() - self._waits_since if self._waiting else 0.0

    def _watch(self) -> None:
        """Wait for the state to be written; SIGCHLD is not ours to take."""
        if self.lost:
            return
        pid, status = os.waitpid(self._pid, os.WNOHANG)
        if pid == 0:
            self._loop.call_later(_WATCH_SECONDS, self._watch)
            return
        self._pid = 0
        if status:
            self.close()
        else:
            self._write()

    def _write(self) -> None:
        try:
            while self._waiting:
                sent = self._socket.send(memoryview(self._waiting)[:1_048_576])
                del self._waiting[:sent]
                self._waits_since = self._loop.time()
        except BlockingIOError:
            if not self._writing:
                self._writing = True
                self._loop.add_writer(self._socket, self._write)
            return
        except OSError:
            self.close()
            return
        if self._writing:
            self._writing = False
            self._loop.remove_writer(self._socket)

    def close(self) -> None:
        """Give no more; the standby sees the end of its line."""
        if self.lost:
            return
        self.lost = True
        self._log.sinks.remove(self.line)
        if self._writing:
            self._loop.remove_writer(self._socket)
        self._socket.close()
        self._waiting.clear()
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, 9)
                os.waitpid(self._pid, 0)


def _fork(own: socket.socket, state: Callable[[], bytes]) -> int:
    """Return the process that writes the state; it touches neither the loop nor any file of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the child only encodes and writes
        pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        data = state()
        _send_all(own, len(data).to_bytes(LENGTH_BYTES, "big"))
        _send_all(own, data)
        status = 0
    except BaseException:  # whatever it is, it must not go on as a second owner
        traceback.print_exc()
    finally:
        os._exit(status)


def _send_all(own: socket.socket, data: bytes) -> None:
    """Send all, waiting; the socket itself must not wait, since its owner shares it."""
    view = memoryview(data)
    while view:
        select.select([], [own], [])
        with contextlib.suppress(BlockingIOError):
            view = view[own.send(view) :]


class Follower:
    """A standby's end: the state first, then records as they come."""

    def __init__(self, own: socket.socket) -> None:
        """Take the socket that the supervisor passed on."""
        own.setblocking(False)
        self._socket = own

    async def state(self) -> bytes:
        """Return the state; raises EOFError when the owner ends before it is whole."""
        length = int.from_bytes(await self._exactly(LENGTH_BYTES), "big")
        return await self._exactly(length)

    async def _exactly(self, count: int) -> bytes:
        loop, found = asyncio.get_running_loop(), bytearray()
        while len(found) < count:
            data = await loop.sock_recv(self._socket, min(count - len(found), 1 << 20))
            if not data:
                raise EOFError
            found += data
        return bytes(found)

    async def lines(self) -> bytes:
        """Return what came of the log, b"" when the owner has ended and all was read."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, 1 << 20)
        except ConnectionError:
            return b""

    def close(self) -> None:
        """Follow no more."""
        self._socket.close()
