"""When more comes than can be decided, or a call has waited past its limit: it is answered at once, unscreened."""

import asyncio
import fcntl
import socket
import struct
import sys
import time
from math import inf
from typing import Protocol

from fanzha.screen.reasons import LATE, OVERLOADED

_SIOCGSTAMPNS = 0x8907  # socket(7): when the packet that was read last had arrived
_STAMP = struct.Struct("@qq")
_LAST_DATA = slice(52, 56)  # of struct tcp_info: milliseconds since bytes came, tcpi_last_data_recv

#: How long a packet may wait; what has waited longer is shed.
WAIT_MS = 20.0
#: Looks of the watch since a packet came in good time. Fewer: a pause of the process has filled a queue that is empty a
#: moment later, and nothing is shed.
LASTING = 3


class HasDescriptor(Protocol):
    """A socket, as far as it is needed here."""

    def fileno(self) -> int:
        """Return the file descriptor."""


class HasOptions(Protocol):
    """A socket that tells its options."""

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes:
        """Return an option's value."""


class Overload:
    """Whether calls are shed now. One for all doors of a process: they share its loop.

    Where more comes than can be decided, packets wait for about as long as they may: those that waited longer are shed,
    those after them are decided, so that as many are decided as can be (after CoDel, RFC 8289). A call that is known to
    have waited more than `late_ms` is late, also where a pause of the process and no overload was the cause.
    """

    def __init__(self, wait_ms: float = WAIT_MS, late_ms: float = inf) -> None:
        self.shedding = False
        self.lag_ms = 0.0  # how late the loop came to its last timer
        self.queues: list[Queue] = []
        self._looks = self._in_time = 0  # of the watch; the one since which packets came in good time
        self._looked_at = self._before = time.perf_counter_ns()  # the last look and the one before it
        self.wait_up_to(wait_ms, late_ms)

    def wait_up_to(self, wait_ms: float, late_ms: float = inf) -> None:
        """Shed what waits longer from now on: who takes over finds calls that waited for him."""
        self._shed_from, self.good_ms, self.late_ms = wait_ms, wait_ms / 4, late_ms
        self.judge()

    def held_up(self) -> bool:
        """Say whether what is read now may be late: it came after the loop looked at its sockets before the last look.

        One reading of the clock; only then need the kernel be asked how long something has waited.
        """
        return time.perf_counter_ns() - self._before > self.late_ms * 1e6

    def turned_away(self, waited_ms: float) -> str:
        """Return why a call that waited so long is not decided, a code of fanzha.screen.reasons; "" when it is."""
        return OVERLOADED if self.shedding else LATE if waited_ms > self.late_ms else ""

    def look(self, lag_ms: float) -> None:
        """Take how late the loop is, at a regular look."""
        self.lag_ms = lag_ms
        self._before, self._looked_at = self._looked_at, time.perf_counter_ns()
        self._looks += 1
        self.judge()

    def judge(self) -> None:
        """Decide anew, from the longest wait known."""
        waited_ms = max(self.lag_ms, *(queue.waited_ms for queue in self.queues), 0.0)
        if waited_ms <= self.good_ms:
            self._in_time = self._looks
        self.shedding = waited_ms > self._shed_from and self._looks - self._in_time >= LASTING


def stream_waited_ms(connection: HasOptions) -> float:
    """Return how long ago the last bytes came to a connection of TCP (tcp(7), TCP_INFO); 0.0 of any other."""
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA.stop)
    except OSError:
        return 0.0
    return float(int.from_bytes(told[_LAST_DATA], sys.byteorder))


def nothing_waited() -> float:
    """Say that nothing is known of a wait."""
    return 0.0


class Queue:
    """The datagrams that wait at one socket: when it is `due`, the kernel is asked how long one stood there.

    It is due after each look of the watch, and always while they wait long.
    """

    def __init__(self, socket: HasDescriptor, overload: Overload) -> None:
        self._socket, self._overload, self._stamp = socket.fileno(), overload, bytearray(_STAMP.size)
        self.due, self.waited_ms = True, 0.0
        self._asked = False  # since the last look of the watch
        overload.queues.append(self)

    def close(self) -> None:
        """Tell no more."""
        self._overload.queues.remove(self)

    def pass_look(self) -> None:
        """Take a look of the watch: the kernel is to be asked; where it was not since the last look, nothing came."""
        if not self._asked:
            self.waited_ms = 0.0
        self.due, self._asked = True, False

    def look(self) -> None:
        """Look how long the datagram that was just read had stood there."""
        self._asked = True
        try:
            fcntl.ioctl(self._socket, _SIOCGSTAMPNS, self._stamp)
        except OSError:  # not every kind of socket knows it; the lag of the loop is told all the same
            self.due = False
            return
        seconds, nanoseconds = _STAMP.unpack(self._stamp)
        self.waited_ms = time.time() * 1e3 - seconds * 1e3 - nanoseconds / 1e6
        self.due = self.waited_ms > self._overload.good_ms
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
        for queue in self._overload.queues:
            queue.pass_look()
        self._overload.look((now - self._due) * 1e3)
        self._due = now + self._every
        self._timer = self._loop.call_at(self._due, self._look)
