"""uvicorn on a loop shared with calls: no access log, no signals, bounded heads, no connection kept for nothing."""

import contextlib
from collections.abc import Generator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from fanzha.screen.http.app import App

LONGEST_HEAD = 16_384  # bytes; uvicorn itself sets no limit
SLOWEST_HEAD_SECONDS = 10.0
MOST_CONNECTIONS = 1_000
KEPT_OPEN_SECONDS = 60
STOPPING_SECONDS = 3

_TICKS = 10  # of uvicorn in a second
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with an end to what it waits for and keeps of a head; whole requests are answered at once.

    uvicorn makes a task and a timer for each request, which cost as much as screening a call. Here a request whose body
    came with it is answered where it is read; it becomes a task only when it has to wait. One sweep a second takes the
    place of the timers.
    """

    _since = 0.0  # loop time since which nothing is at work here; 0: a request is
    _bytes = 0  # that came since then
    _in_head = False
    _reading = False
    _next: "tuple[RequestResponseCycle, Any] | None" = None  # to be answered when all that came is read

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Take bytes in and answer; a head that grows too long ends the connection, and so does a body nobody reads."""
        before, self._reading = self.cycle, True
        super().data_received(data)
        while self._next is not None and not self.transport.is_closing():
            (cycle, app), self._next = self._next, None
            self._answer(cycle, app)
        self._reading = False
        if self._since and self.cycle is before:
            self._bytes += len(data)
            if self._bytes > LONGEST_HEAD and not self.transport.is_closing():
                self.transport.write(_TOO_LONG if self._in_head else b"")
                self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head = True
        if not self._bytes:
            self._since = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Hand the request on; what comes now is its body, which the application bounds."""
        self._since, self._bytes, self._in_head = 0.0, 0, False
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self._reading:
            self._next = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.more_body:
            super()._start_asgi_task(cycle, app)
            return
        running = cycle.run_asgi(app)
        try:
            waits_for = running.send(None)
        except StopIteration:
            return
        task = self.loop.create_task(_go_on(running, waits_for))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._since, self._bytes = self.loop.time(), 0

    def overdue(self) -> bool:
        """Return whether nothing has come for too long."""
        if not self._since:
            return False
        begun = self._in_head or self._bytes or self.cycle is None
        most = SLOWEST_HEAD_SECONDS if begun else KEPT_OPEN_SECONDS
        return self.loop.time() - self._since > most


async def _go_on(running: Any, waits_for: Any) -> None:
    """Run what was begun outside of a task to its end, beginning with what it waits for."""
    await _Begun(running, waits_for)


class _Begun:
    """A coroutine that was run as far as its first wait."""

    def __init__(self, running: Any, waits_for: Any) -> None:
        self._running, self._waits_for = running, waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                got = yield waits_for
            except BaseException as error:
                step, given = self._running.throw, error
            else:
                step, given = self._running.send, got
            try:
                waits_for = step(given)
            except StopIteration:
                return


class Serving(uvicorn.Server):
    """The server of one application, on sockets that others hold."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the owner of the process."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Once a second, end the connections that wait too long."""
        if counter % _TICKS == 0:
            self.sweep()
        return await super().on_tick(counter)

    def sweep(self) -> None:
        """End the connections on which nothing came for too long."""
        for one in list(self.server_state.connections):
            if isinstance(one, BoundedProtocol) and one.overdue():
                one.transport.close()


def serving(app: App) -> Serving:
    """Return a server for `await server.serve(sockets=[...])`; `server.should_exit = True` ends it."""
    return Serving(config(app, BoundedProtocol))


def config(app: Any, protocol: type[HttpToolsProtocol]) -> uvicorn.Config:
    """Return how uvicorn is run here; the benchmark runs the barest application in the same way."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",  # else everything that is no request would write a line
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEPT_OPEN_SECONDS,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
