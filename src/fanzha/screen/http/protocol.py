"""uvicorn's HTTP protocol with limits on memory and time, answering complete requests where they are read."""

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

from fanzha.screen.overload import stream_wait_ms

WAIT_EXTENSION = "fanzha.waited_ms"  # scope extension: function that returns the ms since the last received bytes
LONGEST_HEAD = 16_384  # bytes; uvicorn itself sets no limit
HEAD_TIMEOUT_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 60.0

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BufferedTransport:
    """A transport that can buffer writes, so that head and body of an answer go out in one packet."""

    __slots__ = ("_buffer", "_transport", "get_extra_info", "is_closing")

    def __init__(self, transport: Any) -> None:
        """Begin without buffering."""
        self._transport = transport
        self._buffer: list[bytes] | None = None
        self.is_closing, self.get_extra_info = transport.is_closing, transport.get_extra_info

    def hold(self) -> None:
        """Buffer writes from now on."""
        self._buffer = []

    def release(self) -> None:
        """Write the buffer and stop buffering."""
        buffer, self._buffer = self._buffer, None
        if buffer:
            self._transport.write(b"".join(buffer))

    def write(self, data: bytes) -> None:
        """Write or buffer."""
        if self._buffer is None:
            self._transport.write(data)
        else:
            self._buffer.append(data)

    def close(self) -> None:
        """Write the buffer, then close."""
        if self._buffer is not None:
            self.release()
        self._transport.close()


class WholeRequest:
    """Passes a complete request to an application at once and writes a complete answer at once.

    Everything else (a streamed answer, HEAD, a paused connection) is left to uvicorn's cycle.
    """

    __slots__ = ("_app", "_cycle", "_start")

    def __init__(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Take uvicorn's cycle of one request and the application."""
        self._cycle, self._app = cycle, app
        self._start: Any = None  # the response start, until the body follows

    def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        """Run the application (ASGI 3)."""
        return self._app(scope, self.receive, self.send)

    async def receive(self) -> Any:
        """Return the body as one message, later what the cycle returns."""
        cycle = self._cycle
        complete = not cycle.more_body and cycle.message_event.is_set()
        if not complete or cycle.response_complete or cycle.disconnected or cycle.waiting_for_100_continue:
            return await cycle.receive()
        cycle.flow.resume_reading()
        cycle.message_event.clear()
        body, cycle.body = bytes(cycle.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Any) -> None:
        """Keep the response start and write it together with the body if that is complete."""
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
    """uvicorn's protocol with timeouts and a limited head; answers complete requests at once.

    uvicorn creates a task and a timer for each request, which cost as much as screening a call. Here a request whose
    body is complete is answered where it is read, and becomes a task only when it has to wait. One sweep a second
    replaces the timers.
    """

    _idle_since = 0.0  # loop time since the connection is idle; 0 during a request
    _idle_bytes = 0  # bytes received since then
    _in_head = False
    _reading = False
    _next: "tuple[RequestResponseCycle, Any] | None" = None  # answered after all received bytes are parsed

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._buffered = BufferedTransport(transport)
        self.transport = cast(asyncio.Transport, self._buffered)
        self._idle_since = self.loop.time()
        self._extensions: Any = {WAIT_EXTENSION: self.wait_ms}

    def wait_ms(self) -> float:
        """Return the ms since the last received bytes; 0.0 if unknown."""
        opened = self.transport.get_extra_info("socket")
        return stream_wait_ms(opened) if opened is not None else 0.0

    def data_received(self, data: bytes) -> None:
        """Parse and answer; close the connection if the head is too long or the body is unread."""
        before, self._reading = self.cycle, True
        super().data_received(data)
        while self._next is not None and not self.transport.is_closing():
            (cycle, app), self._next = self._next, None
            self._answer(cycle, app)
        self._reading = False
        if self._idle_since and self.cycle is before:
            self._idle_bytes += len(data)
            if self._idle_bytes > LONGEST_HEAD and not self.transport.is_closing():
                self.transport.write(_TOO_LONG if self._in_head else b"")
                self.transport.close()

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head = True
        if not self._idle_bytes:
            self._idle_since = self.loop.time()
        super().on_message_begin()
        self.scope["extensions"] = self._extensions

    def on_headers_complete(self) -> None:
        """Begin the request; the application bounds its body."""
        self._idle_since, self._idle_bytes, self._in_head = 0.0, 0, False
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
        coroutine = cycle.run_asgi(WholeRequest(cycle, app))
        self._buffered.hold()
        try:
            awaited = coroutine.send(None)
        except StopIteration:
            return
        finally:
            self._buffered.release()
        task = self.loop.create_task(_resume(coroutine, awaited))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self) -> None:
        """Continue with the next request, or wait for one."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._idle_since, self._idle_bytes = self.loop.time(), 0

    def is_overdue(self) -> bool:
        """Return whether the connection exceeded a timeout."""
        if not self._idle_since:
            return False
        in_request = self._in_head or self._idle_bytes or self.cycle is None
        timeout_seconds = HEAD_TIMEOUT_SECONDS if in_request else KEEP_ALIVE_SECONDS
        return self.loop.time() - self._idle_since > timeout_seconds


@lru_cache(maxsize=4_096)
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...], keep_alive: bool) -> tuple[bytes, int]:
    """Return the head as uvicorn writes it and its body length; -1 if uvicorn must handle the response."""
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


async def _resume(coroutine: Any, awaited: Any) -> None:
    """Run a started coroutine to its end."""
    await _StartedCoroutine(coroutine, awaited)


class _StartedCoroutine:
    """A coroutine that ran up to its first wait."""

    def __init__(self, coroutine: Any, awaited: Any) -> None:
        self._coroutine, self._awaited = coroutine, awaited

    def __await__(self) -> Generator[Any, Any, None]:
        awaited = self._awaited
        while True:
            try:
                result = yield awaited
            except BaseException as error:
                step, argument = self._coroutine.throw, error
            else:
                step, argument = self._coroutine.send, result
            try:
                awaited = step(argument)
            except StopIteration:
                return
