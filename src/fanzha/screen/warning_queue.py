"""Warnings on their way to a gateway: few at a time, no more a second than it may take, never late ones."""

import asyncio
import http.client
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from fanzha.warn import Request

AT_ONCE = 4
WAITING = 1_000
LATE_SECONDS = 30.0
GATEWAY_SECONDS = 5.0

#: What becomes of a warning.
SENT, AGAIN, NO_HANDSET, FULL, LATE, LEFT, REFUSED, FAILED = ENDS = (
    "sent",
    "again",  # this person was told the same lately
    "no_handset",  # a landline, a number abroad, a caller that nobody has proven
    "full",  # too many wait
    "late",  # it waited so long that the call is over
    "left",  # it waited when the process ended
    "refused",  # by the gateway
    "failed",  # the gateway did not answer, or a fault of ours
)
T = TypeVar("T")


def post(request: Request) -> int:
    """Send a request and return the status of the answer; follows no redirection, which could lead secrets astray."""
    parts = urlsplit(request.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    with closing(kind(parts.netloc, timeout=GATEWAY_SECONDS)) as connection:
        connection.request("POST", parts.path or "/", request.body, dict(request.headers))
        return connection.getresponse().status


class Sending(Generic[T]):
    """A bounded queue, worked off on the loop by a few threads; `ended` is told on the loop what became of each."""

    def __init__(
        self, most_a_second: float, ended: Callable[[T, str], None], post: Callable[[Request], int] = post
    ) -> None:
        """Send nothing until run."""
        self._pause, self._ended, self._post = 1 / most_a_second, ended, post
        self._waiting: asyncio.Queue[tuple[float, T, Callable[[], Request]]] = asyncio.Queue(WAITING)
        self._free = asyncio.Semaphore(AT_ONCE)

    def put(self, what: T, build: Callable[[], Request]) -> bool:
        """Take in what builds a request, which a thread will do, and return at once; False: too many wait."""
        try:
            self._waiting.put_nowait((asyncio.get_running_loop().time(), what, build))
        except asyncio.QueueFull:
            return False
        return True

    async def run(self) -> None:
        """Send, until cancelled."""
        loop, pool = asyncio.get_running_loop(), ThreadPoolExecutor(AT_ONCE, "warnings")
        try:
            while True:
                came, what, build = await self._waiting.get()
                await self._free.acquire()
                if loop.time() - came > LATE_SECONDS:
                    self._end(what, LATE)
                    await asyncio.sleep(0)
                    continue
                done = pool.submit(self._build_and_post, build)
                done.add_done_callback(_on(loop, partial(self._answered, what)))
                await asyncio.sleep(self._pause)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """Tell of what waits that it is not sent."""
        while not self._waiting.empty():
            _, what, _ = self._waiting.get_nowait()
            self._ended(what, LEFT)

    def _build_and_post(self, build: Callable[[], Request]) -> int:
        return self._post(build())

    def _answered(self, what: T, done: "Future[int]") -> None:
        self._end(what, _end_of(done))

    def _end(self, what: T, end: str) -> None:
        self._free.release()
        self._ended(what, end)


def _on(loop: asyncio.AbstractEventLoop, tell: Callable[["Future[int]"], None]) -> Callable[["Future[int]"], None]:
    """Return what a thread calls to have the loop told; a loop that has ended is told nothing."""

    def told(done: "Future[int]") -> None:
        if not done.cancelled() and not loop.is_closed():
            loop.call_soon_threadsafe(tell, done)

    return told


def _end_of(done: "Future[int]") -> str:
    if done.exception() is not None:
        return FAILED
    return SENT if 200 <= done.result() < 300 else REFUSED
