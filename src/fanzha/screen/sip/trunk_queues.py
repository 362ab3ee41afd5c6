"""Calls that wait to be decided, in one queue per trunk: trunks take turns, and the newest call of a trunk goes first.

A flood on one trunk delays its own calls only. Newest first, because the proxy gives up on the oldest soonest.
"""

from collections import deque
from typing import NamedTuple

#: Calls that wait per trunk; one more drops the oldest. Their messages may take MAX_BYTES together.
MAX_CALLS, MAX_BYTES = 4_096, 16 * 1_024 * 1_024
#: Trunks with a queue of their own; calls of others share one.
MAX_TRUNKS = 1_024
_SHARED = "*"


class WaitingCall(NamedTuple):
    """A received INVITE, its source, and when it reached the machine (perf_counter_ns)."""

    data: bytes
    host: str
    port: int
    arrived_ns: int


#: The trunk of a call that was dropped, and when the call arrived.
DroppedCall = tuple[str, int]


class TrunkQueues:
    """The waiting calls of one listener."""

    def __init__(self) -> None:
        self._calls: dict[str, deque[WaitingCall]] = {}  # by trunk; the trunk whose turn is next comes first
        self._bytes: dict[str, int] = {}
        self.length = 0

    def append(self, trunk: str, call: WaitingCall) -> list[DroppedCall]:
        """Add a call; return the older ones of its trunk that were dropped for it."""
        if trunk not in self._calls and len(self._calls) >= MAX_TRUNKS:
            trunk = _SHARED
        calls = self._calls.setdefault(trunk, deque())
        calls.append(call)
        self._bytes[trunk] = self._bytes.get(trunk, 0) + len(call.data)
        self.length += 1
        dropped = list[DroppedCall]()
        while len(calls) > MAX_CALLS or (self._bytes[trunk] > MAX_BYTES and len(calls) > 1):
            dropped.append(self._drop_oldest(trunk, calls))
        return dropped

    def take(self) -> tuple[WaitingCall, int] | None:
        """Remove the newest call of the next trunk; return it and the arrival of the oldest of its trunk."""
        if not self._calls:
            return None
        trunk = next(iter(self._calls))
        calls = self._calls.pop(trunk)
        oldest_ns, call = calls[0].arrived_ns, calls.pop()
        self.length -= 1
        if calls:
            self._calls[trunk] = calls  # the last in turn again
            self._bytes[trunk] -= len(call.data)
        else:
            del self._bytes[trunk]
        return call, oldest_ns

    def drop_before(self, arrived_ns: int) -> list[DroppedCall]:
        """Remove and return the calls that arrived before a moment."""
        dropped = list[DroppedCall]()
        for trunk, calls in list(self._calls.items()):
            while calls and calls[0].arrived_ns < arrived_ns:
                dropped.append(self._drop_oldest(trunk, calls))
            if not calls:
                del self._calls[trunk], self._bytes[trunk]
        return dropped

    def _drop_oldest(self, trunk: str, calls: deque[WaitingCall]) -> DroppedCall:
        call = calls.popleft()
        self._bytes[trunk] -= len(call.data)
        self.length -= 1
        return trunk, call.arrived_ns
