"""Look up in the operator's register whether a home number that calls from abroad is roaming.

Registrations that are pushed into the screen (fanzha.screen.registrations) come first; what they know is not asked.

Answers are cached; a late answer serves the next call. After repeated failures the register is not asked for some
seconds. No call waits longer than its limit and the event loop never blocks.
"""

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol
from urllib.parse import quote, urlsplit

from fanzha.detect.gateway.ingress_rules import ROAMING, UNKNOWN

MAX_CONCURRENT = 16
MAX_FAILURES = 32
PAUSE_SECONDS = 5.0


class SubscriberRegister(Protocol):
    """A register of subscriber locations (HLR, HSS, UDM)."""

    def ask(self, number: str) -> str:
        """Return proven, disproven or unproven for an E.164 number; an exception is no answer. Runs in threads."""


class HttpRegister:
    """A register behind HTTP: GET of the URL with the number inserted returns `{"roaming": "proven"}`."""

    def __init__(self, url: str, *, wait_ms: int) -> None:
        """`url` is an address such as http://127.0.0.1:8400/roaming/{number}."""
        self._parts, self._seconds, self._own = urlsplit(url), wait_ms / 1000, threading.local()

    def ask(self, number: str) -> str:
        """Query the register over a persistent connection."""
        path = f"{self._parts.path or '/'}?{self._parts.query}".rstrip("?").replace("{number}", quote(number))
        connection = getattr(self._own, "connection", None) or self._connect()
        try:
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            status = json.loads(answer.read(4_096))["roaming"]
        except Exception:
            connection.close()
            self._own.connection = None
            raise
        return str(status)

    def _connect(self) -> http.client.HTTPConnection:
        secured = self._parts.scheme == "https"
        kind = http.client.HTTPSConnection if secured else http.client.HTTPConnection
        self._own.connection = kind(self._parts.netloc, timeout=self._seconds)
        connection: http.client.HTTPConnection = self._own.connection
        return connection


class RoamingLookup:
    """Cached answers of a register; the oldest is evicted first."""

    def __init__(
        self,
        register: SubscriberRegister | None,
        *,
        wait_ms: int,
        keep_ms: int,
        remembered: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a register every query returns False. `clock` is monotonic, in seconds."""
        self._register, self._wait, self._max_cached = register, wait_ms / 1000, remembered
        self._clock, self._cache_seconds = clock, keep_ms / 1000
        self._cache: dict[str, tuple[int, float]] = {}  # number -> code in ROAMING, expiry by the clock
        self._queries: dict[str, asyncio.Future[int]] = {}
        self._pool = ThreadPoolExecutor(MAX_CONCURRENT, "roaming") if register else None
        self._failures, self._paused_until = 0, 0.0
        self.asked = self.late = self.failed = self.skipped = 0
        self.answers = [0] * len(ROAMING)  # by index in ROAMING

    @property
    def enabled(self) -> bool:
        """Whether there is a register."""
        return self._register is not None

    def cached(self, number: str) -> int:
        """Return the cached code of a number, UNKNOWN without one."""
        code, expires_at = self._cache.get(number, (UNKNOWN, 0.0))
        return code if self._clock() < expires_at else UNKNOWN

    def ask(self, number: str, loop: asyncio.AbstractEventLoop, then: Callable[[int], None]) -> bool:
        """Call `then` once with a code within the limit; return False when the register is not asked."""
        if self._pool is None or self._register is None:
            return False
        query = self._queries.get(number)
        if query is None:
            if len(self._queries) >= MAX_CONCURRENT or loop.time() < self._paused_until:
                self.skipped += 1
                return False
            query = self._start_query(number, loop)
        pending = _PendingQuery(then, self)
        query.add_done_callback(pending.on_answer)
        pending.limit = loop.call_later(self._wait, pending.on_timeout)
        return True

    def _start_query(self, number: str, loop: asyncio.AbstractEventLoop) -> "asyncio.Future[int]":
        assert self._pool is not None and self._register is not None
        self.asked += 1
        asked_at = self._clock()
        query: asyncio.Future[int] = loop.create_future()
        self._queries[number] = query
        response = self._pool.submit(self._register.ask, number)

        def settle() -> None:
            del self._queries[number]
            code = (
                ROAMING.index(answer)
                if not response.exception() and (answer := response.result()) in ROAMING
                else UNKNOWN
            )
            self._count(code, loop)
            if code != UNKNOWN:
                self._store(number, code, asked_at)
            query.set_result(code)

        response.add_done_callback(lambda _: loop.call_soon_threadsafe(settle))
        return query

    def _count(self, code: int, loop: asyncio.AbstractEventLoop) -> None:
        self._failures = self._failures + 1 if code == UNKNOWN else 0
        if code == UNKNOWN:
            self.failed += 1
        else:
            self.answers[code] += 1
        if self._failures >= MAX_FAILURES:
            self._failures, self._paused_until = 0, loop.time() + PAUSE_SECONDS

    def _store(self, number: str, code: int, asked_at: float) -> None:
        self._cache.pop(number, None)
        self._cache[number] = code, asked_at + self._cache_seconds
        if len(self._cache) > self._max_cached:
            del self._cache[next(iter(self._cache))]

    def close(self) -> None:
        """Stop querying; pending answers are dropped."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)


class _PendingQuery:
    """A call that waits for an answer, at most until its limit."""

    limit: asyncio.TimerHandle

    def __init__(self, then: Callable[[int], None], roaming: RoamingLookup) -> None:
        self._then: Callable[[int], None] | None = then
        self._roaming = roaming

    def on_answer(self, query: "asyncio.Future[int]") -> None:
        self.limit.cancel()
        self._finish(query.result())

    def on_timeout(self) -> None:
        self._roaming.late += 1
        self._finish(UNKNOWN)

    def _finish(self, code: int) -> None:
        then, self._then = self._then, None
        if then is not None:
            then(code)
