"""Replicate an owner to its standby: its state once, then every line of its log.

A forked process writes the state, because a large state takes longer than a call may wait. The fork sees the memory of
one moment and the lines after that moment follow. A standby that does not keep up is dropped.
"""

import asyncio
import contextlib
import os
import select
import socket
import traceback
import warnings
from collections.abc import Callable

from fanzha.screen.event_log import EventLog
from fanzha.screen.site.priority import lower_own

MAX_WAITING = 64 << 20  # bytes of log lines waiting for a standby
LENGTH_BYTES = 8
_WATCH_SECONDS = 0.02
_LINES_BYTES = 1 << 18  # bytes of lines that a standby receives at once


class StandbyReplicator:
    """Replicates to one standby over a socket."""

    def __init__(
        self, own: socket.socket, log: EventLog, state: Callable[[], bytes], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Begin replication; state and lines are consistent from here on."""
        self._socket, self._log, self._loop = own, log, loop
        self._waiting, self._writing = bytearray(), False
        self._waiting_since = 0.0
        self.lost = False
        own.setblocking(False)
        self._pid = _fork(own, state)
        log.sinks.append(self.add_lines)
        self._watch()

    def add_lines(self, lines: bytes) -> None:
        """Queue lines of the log."""
        if not self._waiting:
            self._waiting_since = self._loop.time()
        self._waiting += lines
        if len(self._waiting) > MAX_WAITING:
            self.close()
        elif not self._pid and not self._writing:
            self._write()

    @property
    def lag_seconds(self) -> float:
        """How long lines have been waiting to be sent; 0 if none waits."""
        return self._loop.time() - self._waiting_since if self._waiting else 0.0

    def _watch(self) -> None:
        """Wait until the fork has written the state; poll, because SIGCHLD belongs to others."""
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
                self._waiting_since = self._loop.time()
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
        """Stop replicating; the standby sees the end of the stream."""
        if self.lost:
            return
        self.lost = True
        self._log.sinks.remove(self.add_lines)
        if self._writing:
            self._loop.remove_writer(self._socket)
        self._socket.close()
        self._waiting.clear()
        if self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, 9)
                os.waitpid(self._pid, 0)


def _fork(own: socket.socket, state: Callable[[], bytes]) -> int:
    """Return the pid of the fork that writes the state; it touches neither the loop nor the owner's files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads: the child only encodes and writes
        pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        lower_own()
        data = state()
        _send_all(own, len(data).to_bytes(LENGTH_BYTES, "big"))
        _send_all(own, data)
        status = 0
    except BaseException:  # the fork must never continue as a second owner
        traceback.print_exc()
    finally:
        os._exit(status)


def _send_all(own: socket.socket, data: bytes) -> None:
    """Send everything, waiting with select; the shared socket must stay non-blocking."""
    view = memoryview(data)
    while view:
        select.select([], [own], [])
        with contextlib.suppress(BlockingIOError):
            view = view[own.send(view) :]


class StateReceiver:
    """The standby's end: reads the state, then log lines."""

    def __init__(self, own: socket.socket) -> None:
        """Take the socket that the supervisor passed on."""
        own.setblocking(False)
        # One buffer for all lines: a large one for each, cut down to a few lines that are kept, leaves holes in memory.
        self._socket, self._lines = own, bytearray(_LINES_BYTES)

    async def read_state(self) -> bytes:
        """Return the state; raise EOFError when the owner ends before it is complete."""
        length = int.from_bytes(await self._read_exactly(LENGTH_BYTES), "big")
        return await self._read_exactly(length)

    async def _read_exactly(self, count: int) -> bytes:
        loop, received = asyncio.get_running_loop(), bytearray()
        while len(received) < count:
            data = await loop.sock_recv(self._socket, min(count - len(received), 1 << 20))
            if not data:
                raise EOFError
            received += data
        return bytes(received)

    async def read_lines(self) -> bytes:
        """Return the next bytes of the log, b"" after the owner has ended."""
        try:
            count = await asyncio.get_running_loop().sock_recv_into(self._socket, self._lines)
        except ConnectionError:
            return b""
        return bytes(memoryview(self._lines)[:count])

    def end(self) -> None:
        """End the stream after what has arrived."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
