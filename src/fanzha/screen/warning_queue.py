"""A bounded queue of warnings to an SMS gateway, with a rate limit and a maximum age."""

import asyncio
import http.client
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from fanzha.warn import Request

MAX_CONCURRENT = 4
QUEUE_SIZE = 1_000
LATE_SECONDS = 30.0
GATEWAY_SECONDS = 5.0

#: Outcomes of a warning.
SENT, REPEATED, NO_HANDSET, FULL, LATE, UNSENT, REFUSED, FAILED = OUTCOMES = (
    "sent",
    "again",  # this person got the same warning recently
    "no_handset",  # a landline, a foreign number, an unproven caller
    "full",  # the queue is full
    "late",  # queued longer than LATE_SECONDS
    "left",  # still queued when the process ended
    "refused",  # the gateway refused it
    "failed",  # no answer from the gateway, or an internal fault
)
T = TypeVar("T")


def post(request: Request) -> int:
    """POST a request and return the status; follow no redirect, because it could leak credentials."""
    parts = urlsplit(request.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with closing(kind(parts.netloc, timeout=GATEWAY_SECONDS)) as connection:
        connection.request("POST", parts.path or "/", request.body, dict(request.headers))
        with connection.getresponse() as response:
            return response.status


class WarningQueue(Generic[T]):
    """A bounded queue served by a few threads; `on_outcome` runs on the loop for each warning."""

    def __init__(
        self, most_a_second: float, on_outcome: Callable[[T, str], None], post: Callable[[Request], int] = post
    ) -> None:
        """Nothing is sent before `run`."""
        self._pause, self._on_outcome, self._post = 1 / most_a_second, on_outcome, post
        self._waiting: asyncio.Queue[tuple[float, T, Callable[[], Request]]] = asyncio.Queue(QUEUE_SIZE)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)

    def enqueue(self, warning: T, build: Callable[[], Request]) -> bool:
        """Queue a warning without blocking; `build` runs in a thread. Return False when the queue is full."""
        try:
            self._waiting.put_nowait((asyncio.get_running_loop().time(), warning, build))
        except asyncio.QueueFull:
            return False
        return True

    async def run(self) -> None:
        """Send until cancelled."""
        loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(MAX_CONCURRENT, "warnings")
        try:
            while True:
                enqueued_at, warning, build = await self._waiting.get()
                await self._slots.acquire()
                if loop.time() - enqueued_at > LATE_SECONDS:
                    self._finish(warning, LATE)
                    await asyncio.sleep(0)
                    continue
                response = pool.submit(self._build_and_post, build)
                response.add_done_callback(_loop_callback(loop, partial(self._on_response, warning)))
                await asyncio.sleep(self._pause)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Report the queued warnings as unsent."""
        while not self._waiting.empty():
            _, warning, _ = self._waiting.get_nowait()
            self._on_outcome(warning, UNSENT)

    def _build_and_post(self, build: Callable[[], Request]) -> int:
        return self._post(build())

    def _on_response(self, warning: T, response: "Future[int]") -> None:
        self._finish(warning, _outcome(response))

    def _finish(self, warning: T, outcome: str) -> None:
        self._slots.release()
        self._on_outcome(warning, outcome)


def _loop_callback(
    loop: asyncio.AbstractEventLoop, callback: Callable[["Future[int]"], None]
) -> Callable[["Future[int]"], None]:
    """Return a thread-safe wrapper that schedules `callback` on the loop unless the loop is closed."""

    def schedule(response: "Future[int]") -> None:
        if not response.cancelled() and not loop.is_closed():
            loop.call_soon_threadsafe(callback, response)

    return schedule


def _outcome(response: "Future[int]") -> str:
    if response.exception() is not None:
        return FAILED
    return SENT if 200 <= response.result() < 300 else REFUSED
