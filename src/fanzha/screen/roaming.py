"""Whether a home number that calls from abroad is proven to roam: asked of the operator's register, for a moment only.

An answer is kept for a while; one that comes too late serves the next call. A register that hangs is left alone for
some seconds: no call waits longer than its limit, and the loop never waits at all.
"""

import asyncio
import http.client
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol
from urllib.parse import quote, urlsplit

from fanzha.detect.gateway.ingress_rules import ROAMING, UNKNOWN

ASKING_AT_ONCE = 16
FAILURES_IN_A_ROW = 32
REST_SECONDS = 5.0


class Register(Protocol):
    """Whoever knows where a subscriber is (HLR, HSS, UDM)."""

    def ask(self, number: str) -> str:
        """Return proven, disproven or unproven for an E.164 number; any exception is no answer. Called in threads."""


class HttpRegister:
    """A register behind HTTP: GET of the address with the number put in gives `{"roaming": "proven"}`."""

    def __init__(self, url: str, *, wait_ms: int) -> None:
        """Take an address such as http://127.0.0.1:8400/roaming/{number}."""
        self._parts, self._seconds, self._own = urlsplit(url), wait_ms / 1000, threading.local()

    def ask(self, number: str) -> str:
        """Ask over a connection that is kept."""
        path = f"{self._parts.path or '/'}?{self._parts.query}".rstrip("?").replace("{number}", quote(number))
        connection = getattr(self._own, "connection", None) or self._connect()
        try:
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            found = json.loads(answer.read(4_096))["roaming"]
        except Exception:
            connection.close()
            self._own.connection = None
            raise
        return str(found)

    def _connect(self) -> http.client.HTTPConnection:
        secured = self._parts.scheme == "https"
        kind = http.client.HTTPSConnection if secured else http.client.HTTPConnection
        self._own.connection = kind(self._parts.netloc, timeout=self._seconds)
        made: http.client.HTTPConnection = self._own.connection
        return made


class Roaming:
    """Answers of a register, remembered; of as many numbers as are allowed, the oldest forgotten first."""

    def __init__(self, register: Register | None, *, wait_ms: int, keep_ms: int, remembered: int) -> None:
        """Ask nobody where there is no register."""
        self._register, self._wait, self._keep, self._most = register, wait_ms / 1000, keep_ms, remembered
        self._known: dict[str, tuple[int, int]] = {}  # number -> code in ROAMING, until
        self._asking: dict[str, asyncio.Future[int]] = {}
        self._pool = ThreadPoolExecutor(ASKING_AT_ONCE, "roaming") if register else None
        self._failures, self._rests_until = 0, 0.0
        self.asked = self.late = self.failed = self.spared = 0

    @property
    def serves(self) -> bool:
        """Whether there is a register to ask."""
        return self._register is not None

    def known(self, number: str, at: int) -> int:
        """Return what is remembered of a number at a moment (UTC ms), UNKNOWN when nothing is."""
        code, until = self._known.get(number, (UNKNOWN, 0))
        return code if at < until else UNKNOWN

    def ask(self, number: str, at: int, loop: asyncio.AbstractEventLoop, then: Callable[[int], None]) -> bool:
        """Call `then` with a code, once, within the limit; return False when the register is not asked."""
        if self._pool is None or self._register is None:
            return False
        asking = self._asking.get(number)
        if asking is None:
            if len(self._asking) >= ASKING_AT_ONCE or loop.time() < self._rests_until:
                self.spared += 1
                return False
            asking = self._begin(number, at, loop)
        waiting = _Waiting(then, self)
        asking.add_done_callback(waiting.answered)
        waiting.limit = loop.call_later(self._wait, waiting.timed_out)
        return True

    def _begin(self, number: str, at: int, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[int]":
        assert self._pool is not None and self._register is not None
        self.asked += 1
        asking: asyncio.Future[int] = loop.create_future()
        self._asking[number] = asking
        done = self._pool.submit(self._register.ask, number)

        def settle() -> None:
            del self._asking[number]
            code = ROAMING.index(found) if not done.exception() and (found := done.result()) in ROAMING else UNKNOWN
            self._count(code, loop)
            if code != UNKNOWN:
                self._remember(number, code, at)
            asking.set_result(code)

        done.add_done_callback(lambda _: loop.call_soon_threadsafe(settle))
        return asking

    def _count(self, code: int, loop: asyncio.AbstractEventLoop) -> None:
        self._failures = self._failures + 1 if code == UNKNOWN else 0
        self.failed += code == UNKNOWN
        if self._failures >= FAILURES_IN_A_ROW:
            self._failures, self._rests_until = 0, loop.time() + REST_SECONDS

    def _remember(self, number: str, code: int, at: int) -> None:
        self._known.pop(number, None)
        self._known[number] = code, at + self._keep
        if len(self._known) > self._most:
            del self._known[next(iter(self._known))]

    def close(self) -> None:
        """Ask no more; nobody waits for answers that are still out."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)


class _Waiting:
    """One call that waits for an answer, at most as long as its limit."""

    limit: asyncio.TimerHandle

    def __init__(self, then: Callable[[int], None], roaming: Roaming) -> None:
        self._then: Callable[[int], None] | None = then
        self._roaming = roaming

    def answered(self, asking: "asyncio.Future[int]") -> None:
        self.limit.cancel()
        self._tell(asking.result())

    def timed_out(self) -> None:
        self._roaming.late += 1
        self._tell(UNKNOWN)

    def _tell(self, code: int) -> None:
        then, self._then = self._then, None
        if then is not None:
            then(code)
