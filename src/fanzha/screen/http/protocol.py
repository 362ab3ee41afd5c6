"""uvicorn's HTTP protocol with bounds on what peers may make it hold, answering whole requests where they are read."""

import asyncio
from collections.abc import Generator
from functools import lru_cache
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from fanzha.screen.overload import stream_waited_ms

WAITED = "fanzha.waited_ms"  # in the scope's extensions: what asks how long ago the last of a request came
LONGEST_HEAD = 16_384  # bytes; uvicorn itself sets no limit
SLOWEST_HEAD_SECONDS = 10.0
KEPT_OPEN_SECONDS = 60.0

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Gathering:
    """A transport that can hold what is written until an answer is whole: head and body then go in one packet."""

    __slots__ = ("_held", "_transport", "get_extra_info", "is_closing")

    def __init__(self, transport: Any) -> None:
        """Write through until told to hold."""
        self._transport = transport
        self._held: list[bytes] | None = None
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def hold(self) -> None:
        """Hold what is written from now on."""
        self._held = []

    def release(self) -> None:
        """Write what was held."""
        held, self._held = self._held, None
        if held:
            self._transport.write(b"".join(held))

    def write(self, data: bytes) -> None:
        """Write or hold."""
        if self._held is None:
            self._transport.write(data)
        else:
            self._held.append(data)

    def close(self) -> None:
        """Write what was held, then close."""
        if self._held is not None:
            self.release()
        self._transport.close()


class Whole:
    """An application that is told a whole request at once, and whose whole answers are written at once.

    Anything else (an answer in pieces, HEAD, a peer who takes no more) is left to the cycle, which is uvicorn's.
    """

    __slots__ = ("_app", "_cycle", "_start")

    def __init__(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Take the cycle of one request and whatever answers it."""
        self._cycle, self._app = cycle, app
        self._start: Any = None  # the first message, until the body comes

    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Run the application (ASGI 3)."""
        return self._app(scope, self.receive, self.send)

    async def receive(self) -> Any:
        """Return the body as one message, then what the cycle says."""
        cycle = self._cycle
        came = not cycle.more_body and cycle.message_event.is_set()
        if not came or cycle.response_complete or cycle.disconnected or cycle.waiting_for_100_continue:
            return await cycle.receive()
        cycle.flow.resume_reading()
        cycle.message_event.clear()
        body, cycle.body = bytes(cycle.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Any) -> None:
        """Keep the first message; write it with the second where that is the whole body."""
        cycle = self._cycle
        if self._start is None and not cycle.response_started and message["type"] == "http.response.start":
            self._start, cycle.response_started = message, True
            return
        start, self._start = self._start, None
        if start is None:
            await cycle.send(message)
            return
        body = message.get("body", b"")
        head, length = _head(start["status"], tuple(start["headers"]), cycle.keep_alive)
        plain = not (message.get("more_body") or cycle.disconnected or cycle.flow.write_paused)
        if not plain or length != len(body) or cycle.scope["method"] == "HEAD":
            cycle.response_started = False
            await cycle.send(start)
            await cycle.send(message)
            return
        cycle.transport.write(head + body)
        cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()


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
        self._gathering = Gathering(transport)
        self.transport = cast(asyncio.Transport, self._gathering)
        self._since = self.loop.time()
        self._extensions: Any = {WAITED: self.waited_ms}

    def waited_ms(self) -> float:
        """Return how long ago the last bytes came, in milliseconds; 0.0 where nobody knows."""
        opened = self.transport.get_extra_info("socket")
        return stream_waited_ms(opened) if opened is not None else 0.0

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
        self.scope["extensions"] = self._extensions

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
        running = cycle.run_asgi(Whole(cycle, app))
        self._gathering.hold()
        try:
            waits_for = running.send(None)
        except StopIteration:
            return
        finally:
            self._gathering.release()
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


@lru_cache(maxsize=4_096)
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...], keep_alive: bool) -> tuple[bytes, int]:
    """Return a head as uvicorn writes it, and the length of the body that belongs to it; -1: the cycle must see it."""
    lines, length = [STATUS_LINE[status]], -1
    for name, value in headers:
        if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
            return b"", -1
        name = name.lower()
        if name in (b"connection", b"transfer-encoding"):
            return b"", -1
        if name == b"content-length":
            length = int(value)
        lines += [name, b": ", value, b"\r\n"]
    return (b"".join([*lines, b"\r\n"]), length) if keep_alive else (b"", -1)


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
