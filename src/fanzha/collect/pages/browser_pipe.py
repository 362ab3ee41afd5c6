"""A client of the Chrome DevTools Protocol over a pipe: JSON messages, each followed by a NUL byte.

The browser is not trusted: messages have a size limit, and every call a deadline.
"""

import asyncio
import base64
import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import msgspec

MAX_MESSAGE_BYTES = 80_000_000
_READ_BYTES = 262_144

Message = dict[str, Any]
EventHandler = Callable[[Message], None]


class BrowserError(Exception):
    """The browser refused a call, or is gone."""


class BrowserPipe:
    """Sends calls and hands events to the handlers of their session ("" for the browser itself)."""

    def __init__(self, reader: int, writer: int) -> None:
        self._reader, self._writer = reader, writer
        self._calls: dict[int, asyncio.Future[Message]] = {}
        self._handlers: dict[tuple[str, str], list[EventHandler]] = defaultdict(list)
        self._buffer = bytearray()
        self._last_id = 0
        self._writers = ThreadPoolExecutor(1, "browser pipe")  # messages go one after another
        self.closed = asyncio.Event()
        os.set_blocking(reader, False)
        asyncio.get_running_loop().add_reader(reader, self._read)

    def close(self) -> None:
        """Stop reading; calls that wait fail."""
        if not self.closed.is_set():
            asyncio.get_running_loop().remove_reader(self._reader)
            self.closed.set()
            self._writers.shutdown(wait=False, cancel_futures=True)
            for call in self._calls.values():
                if not call.done():
                    call.set_exception(BrowserError("the browser ended"))

    def on(self, event: str, handler: EventHandler, session: str = "") -> None:
        """Call a handler with the parameters of each event of a session."""
        self._handlers[session, event].append(handler)

    def forget(self, session: str) -> None:
        """Remove the handlers of a session."""
        for key in [key for key in self._handlers if key[0] == session]:
            del self._handlers[key]

    async def call(self, method: str, session: str = "", seconds: float = 10.0, **parameters: Any) -> Message:
        """Return the result of a call. Raise BrowserError if it fails, TimeoutError after `seconds`."""
        if self.closed.is_set():
            raise BrowserError("the browser ended")
        self._last_id += 1
        number = self._last_id
        message: Message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._calls[number] = future
        try:
            async with asyncio.timeout(seconds):
                data = msgspec.json.encode(message) + b"\0"
                await asyncio.get_running_loop().run_in_executor(self._writers, self._write, data)
                return await future
        except OSError as error:
            if isinstance(error, TimeoutError):
                raise
            raise BrowserError("the browser ended") from None
        finally:
            self._calls.pop(number, None)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._writer, view) :]

    def _read(self) -> None:
        try:
            block = os.read(self._reader, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            block = b""
        start = len(self._buffer)
        self._buffer += block
        if not block or len(self._buffer) > MAX_MESSAGE_BYTES:
            self.close()
            return
        end = self._buffer.find(b"\0", start)
        while end >= 0:
            message = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            self._dispatch(message)
            end = self._buffer.find(b"\0")

    def _dispatch(self, data: bytes) -> None:
        try:
            message = msgspec.json.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        if not isinstance(message, dict):
            return
        if "id" in message:
            call = self._calls.get(message["id"])
            if call is not None and not call.done():
                _settle(call, message)
            return
        key = (message.get("sessionId", ""), message.get("method", ""))
        for handler in list(self._handlers.get(key, ())):
            with suppress(KeyError, TypeError, ValueError, AttributeError):  # a malformed event is skipped
                handler(message.get("params", {}))


def _settle(call: "asyncio.Future[Message]", message: Message) -> None:
    if "error" in message:
        call.set_exception(BrowserError(str(message["error"].get("message", "failed"))[:300]))
    else:
        call.set_result(message.get("result", {}))


def decode_body(result: Message, name: str = "body") -> bytes:
    """Return the body of a result that says whether it is base64."""
    text = str(result.get(name, ""))
    return base64.b64decode(text) if result.get("base64Encoded") else text.encode("utf-8", "replace")


def evaluated_value(result: Message) -> Any:
    """Return the value of an expression. Raise BrowserError if the page made it fail: no value is no empty value."""
    if "exceptionDetails" in result:
        raise BrowserError("the script failed in the page")
    return result.get("result", {}).get("value")
