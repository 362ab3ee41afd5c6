"""Rates of the public pages by address block, counted in this process: a first brake, before anything is stored.

Each process of the site counts alone, so that no request writes a counter; what passes competes in `intake_worker`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from fanzha.command.reports.services import hash_block

#: Blocks that are counted at once; the one that was silent longest is forgotten first.
MOST_BLOCKS = 50_000


class RequestRate(NamedTuple):
    """How many requests of one sort an address block may send within a span."""

    name: str
    most: int
    seconds: float


SUBMISSIONS = RequestRate("submissions", 300, 3600.0)  # many phones share one block of a carrier
RECEIPT_TRIES = RequestRate("receipt tries", 30, 600.0)


class RateCounter:
    """Counts requests by key in fixed spans of a monotonic clock (seconds)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._counts: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()

    def is_over(self, rate: RequestRate, key: str, *, counts: bool = True) -> bool:
        """Count a request, if it `counts`; return whether it exceeds the rate."""
        now = self._clock()
        with self._lock:
            began, count = self._counts.pop((rate.name, key), (now, 0))
            if now - began >= rate.seconds:
                began, count = now, 0
            self._counts[rate.name, key] = began, count + counts
            while len(self._counts) > MOST_BLOCKS:
                self._counts.popitem(last=False)
        return count >= rate.most

    def clear(self) -> None:
        """Forget all counts."""
        with self._lock:
            self._counts.clear()


counter = RateCounter()


def is_over_rate(rate: RequestRate, address: str, *, counts: bool = True) -> bool:
    """Count a request from an address, if it `counts`; return whether its block exceeds the rate."""
    return counter.is_over(rate, hash_block(address), counts=counts)
