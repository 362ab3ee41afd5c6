"""Read request bodies, bounded in size and time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fanzha.base.words import Words
from fanzha.screen.http.problem import HttpProblem

#: ASGI types (specification 2.3).
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

TIMEOUT_SECONDS = 10.0

_CLOSE = ((b"connection", b"close"),)


class ClientDisconnected(Exception):
    """The client has disconnected; no answer is needed."""


async def read_body(receive: Receive, longest: int) -> bytes:
    """Return the body; raise HttpProblem if it exceeds `longest` bytes or is slow, ClientDisconnected if it ends."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnected
    body: bytes = message.get("body", b"")
    if len(body) > longest:
        raise too_large(longest)
    return await _read_rest(receive, body, longest) if message.get("more_body") else body


async def _read_rest(receive: Receive, first: bytes, longest: int) -> bytes:
    body = bytearray(first)
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnected
                body += message.get("body", b"")
                if len(body) > longest:
                    raise too_large(longest)
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        seconds = f"{TIMEOUT_SECONDS:.0f}"
        raise HttpProblem("too-slow", Words(f"超过 {seconds} 秒", f"more than {seconds} s"), _CLOSE) from None


def too_large(longest: int) -> HttpProblem:
    """Return the problem of a body that exceeds `longest` bytes; the connection closes."""
    return HttpProblem("too-large", Words(f"最多 {longest} 字节", f"at most {longest} bytes"), _CLOSE)
