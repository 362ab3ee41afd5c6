"""When more comes than can be decided: calls that waited too long are told so at once, or pass unscreened."""

import asyncio
import fcntl
import struct
import time
from typing import Protocol

_SIOCGSTAMPNS = 0x8907  # socket(7): when the packet that was read last had arrived
_STAMP = struct.Struct("@qq")

#: How long a packet may wait before the next ones are shed; they are decided again when it waits a quarter of that.
WAIT_MS = 20.0
#: How long that must last: a queue that a pause of the process has filled is empty a moment later, and no overload.
LASTS_SECONDS = 0.015


class HasDescriptor(Protocol):
    """A socket, as far as it is needed here."""

    def fileno(self) -> int:
        """Return the file descriptor."""


class Overload:
    """Whether calls are shed now. One for all listeners of a process: they share its loop."""

    def __init__(self, wait_ms: float = WAIT_MS) -> None:
        self.shedding = False
        self.lag_ms = 0.0  # how late the loop came to its last timer
        self.queues: list[Queue] = []
        self._too_long_since = 0.0  # by the monotonic clock; 0: not now
        self.wait_up_to(wait_ms)

    def wait_up_to(self, wait_ms: float) -> None:
        """Shed what waits longer from now on: who takes over finds calls that waited for him."""
        self._shed_from, self._accept_below = wait_ms, wait_ms / 4
        self.judge()

    def judge(self, now: float | None = None) -> None:
        """Decide anew, from the longest wait known; `now` is in seconds, of the monotonic clock."""
        now = time.monotonic() if now is None else now
        waited_ms = max(self.lag_ms, *(queue.waited_ms for queue in self.queues), 0.0)
        if waited_ms <= (self._accept_below if self.shedding else self._shed_from):
            self.shedding, self._too_long_since = False, 0.0
        elif not self._too_long_since:
            self._too_long_since = now
        elif now - self._too_long_since >= LASTS_SECONDS:
            self.shedding = True


class Queue:
    """The datagrams that wait at one socket: whenever it is `due`, the kernel is asked how long one stood there."""

    def __init__(self, socket: HasDescriptor, overload: Overload) -> None:
        self._socket, self._overload, self._stamp = socket.fileno(), overload, bytearray(_STAMP.size)
        self.due, self.waited_ms = True, 0.0
        overload.queues.append(self)

    def close(self) -> None:
        """Tell no more."""
        self._overload.queues.remove(self)

    def look(self) -> None:
        """Look how long the datagram that was just read had stood there."""
        self.due = False
        try:
            fcntl.ioctl(self._socket, _SIOCGSTAMPNS, self._stamp)
        except OSError:  # not every kind of socket knows it; the lag of the loop is told all the same
            return
        seconds, nanoseconds = _STAMP.unpack(self._stamp)
        self.waited_ms = time.time() * 1e3 - seconds * 1e3 - nanoseconds / 1e6
        self._overload.judge()


class Watch:
    """Looks at the loop many times a second: how late it is, and which queues are to be asked.

    What keeps the loop busy, streams above all, keeps every call waiting.
    """

    def __init__(self, overload: Overload, every_ms: float = 5.0) -> None:
        self._overload, self._every = overload, every_ms / 1e3
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + self._every
        self._timer = self._loop.call_at(self._due, self._look)

    def close(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        now = self._loop.time()
        self._overload.lag_ms = (now - self._due) * 1e3
        for queue in self._overload.queues:
            if queue.due:  # nothing has come since the last look
                queue.waited_ms = 0.0
            queue.due = True
        self._overload.judge()
        self._due = now + self._every
        self._timer = self._loop.call_at(self._due, self._look)
