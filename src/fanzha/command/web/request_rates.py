"""Rates of public pages by the network of an address, counted in this process before anything is stored.

Each process of the site counts alone, so that no request writes a counter.
"""

import hashlib
import hmac
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from fanzha.store.keys import load_key

#: Blocks that are counted at once; the one that was silent longest is forgotten first.
MOST_BLOCKS = 50_000


class RequestRate(NamedTuple):
    """How many requests of one sort a network may send within a span."""

    name: str
    most: int
    seconds: float


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


def hash_network(key: str, address: str) -> str:
    """Return a hash of the network of an address by a key of the site: /24 for IPv4, /48 for IPv6.

    What is no address is a network of its own.
    """
    return _hash_network(key, address, 24, 48)


def hash_wide_network(key: str, address: str) -> str:
    """Return a hash of the wider network of an address, as one operator has it: /16 for IPv4, /32 for IPv6."""
    return _hash_network(key, address, 16, 32)


def keyed_hash(key: str, text: str) -> str:
    """Return a hash of a text by a key of the site: 32 hexadecimal digits."""
    return hmac.new(load_key(key), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def _hash_network(key: str, address: str, bits_of_4: int, bits_of_6: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return keyed_hash(key, f"block:{address}")
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    bits = bits_of_4 if parsed.version == 4 else bits_of_6
    return keyed_hash(key, f"block:{ipaddress.ip_network((parsed, bits), strict=False)}")
