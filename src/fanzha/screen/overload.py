"""Overload control: answer calls unscreened when too many arrive or a call has waited past its limit."""

import asyncio
import socket
import sys
import time
from math import inf
from typing import Protocol

from fanzha.screen.reasons import LATE, OVERLOADED

_LAST_DATA = slice(52, 56)  # tcpi_last_data_recv of struct tcp_info: ms since the last data

#: Packets that waited longer are shed.
WAIT_MS = 20.0
#: Ticks without a punctual packet before shedding begins. A short pause of the process fills a queue that empties
#: again at once, so nothing is shed earlier.
SUSTAINED_TICKS = 3


class HasOptions(Protocol):
    """A socket with options."""

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes:
        """Return the value of an option."""


class OverloadControl:
    """Decides whether calls are shed; shared by all listeners of a process, which share its loop.

    Packets that waited longer than the limit are shed and later ones are decided, so that the process decides as many
    as it can (after CoDel, RFC 8289). A call that waited more than `late_ms` is late, also if a pause of the process
    caused it.
    """

    def __init__(self, wait_ms: float = WAIT_MS, late_ms: float = inf) -> None:
        self.shedding = False
        self.lag_ms = 0.0  # delay of the loop's last timer
        self.queues: list[SocketQueue] = []
        self._ticks = self._good_tick = 0  # ticks so far; tick of the last punctual packet
        self._ticked_at = self._previous_tick_at = time.perf_counter_ns()  # times of the last two ticks
        self.set_limits(wait_ms, late_ms)

    def set_limits(self, wait_ms: float, late_ms: float = inf) -> None:
        """Set the wait limits; a process that takes over allows longer waits at first."""
        self.shed_ms, self.good_ms, self.late_ms = wait_ms, wait_ms / 4, late_ms
        self.update()

    def may_be_late(self) -> bool:
        """Return whether a message read now may be late, because it arrived before the previous tick.

        This reads the clock once. The kernel needs to be asked only if it returns True.
        """
        return time.perf_counter_ns() - self._previous_tick_at > self.late_ms * 1e6

    def shed_reason(self, waited_ms: float) -> str:
        """Return why a call that waited `waited_ms` is not decided (fanzha.screen.reasons), or ""."""
        return OVERLOADED if self.shedding else LATE if waited_ms > self.late_ms else ""

    def record_lag(self, lag_ms: float) -> None:
        """Record the loop's delay at a tick."""
        self.lag_ms = lag_ms
        self._previous_tick_at, self._ticked_at = self._ticked_at, time.perf_counter_ns()
        self._ticks += 1
        self.update()

    def update(self) -> None:
        """Update `shedding` from the longest known wait."""
        waited_ms = max(self.lag_ms, *(queue.waited_ms for queue in self.queues), 0.0)
        if waited_ms <= self.good_ms:
            self._good_tick = self._ticks
        self.shedding = waited_ms > self.shed_ms and self._ticks - self._good_tick >= SUSTAINED_TICKS


def stream_wait_ms(connection: HasOptions) -> float:
    """Return the ms since a TCP connection last received bytes (tcp(7), TCP_INFO); 0.0 for other sockets."""
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA.stop)
    except OSError:
        return 0.0
    return float(int.from_bytes(info[_LAST_DATA], sys.byteorder))


def no_wait() -> float:
    """Return 0.0, for connections whose wait is unknown."""
    return 0.0


class SocketQueue:
    """How long the datagrams of one socket wait; measured when `due`.

    The queue is due after each tick, and all the time while datagrams wait long.
    """

    def __init__(self, overload: OverloadControl) -> None:
        self._overload = overload
        self.due, self.waited_ms = True, 0.0
        self._measured = False  # since the last tick
        overload.queues.append(self)

    def close(self) -> None:
        """Remove the queue from overload control."""
        self._overload.queues.remove(self)

    def tick(self) -> None:
        """Mark the queue as due; a queue not measured since the last tick is empty."""
        if not self._measured:
            self.waited_ms = 0.0
        self.due, self._measured = True, False

    def measure(self, arrived_ns: int) -> None:
        """Measure how long the datagram read last has waited; `arrived_ns` is UTC, 0 if the kernel gives none."""
        self._measured = True
        if not arrived_ns:  # the loop's lag still counts
            self.due = False
            return
        self.waited_ms = (time.time_ns() - arrived_ns) / 1e6
        self.due = self.waited_ms > self._overload.good_ms
        self._overload.update()


class LoopWatch:
    """Measures the loop's delay at short intervals and marks the queues as due."""

    def __init__(self, overload: OverloadControl, every_ms: float = 5.0) -> None:
        self._overload, self._every = overload, every_ms / 1e3
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + self._every
        self._timer = self._loop.call_at(self._due, self._tick)

    def close(self) -> None:
        """Stop the timer."""
        self._timer.cancel()

    def _tick(self) -> None:
        now = self._loop.time()
        for queue in self._overload.queues:
            queue.tick()
        self._overload.record_lag((now - self._due) * 1e3)
        self._due = now + self._every
        self._timer = self._loop.call_at(self._due, self._tick)
