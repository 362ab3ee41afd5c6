"""The body of a request, whole and bounded in size and time: nobody may make a screen hold what he likes."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fanzha.base.words import Words
from fanzha.screen.http.problem import Problem

#: As ASGI has them (spec 2.3).
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SLOWEST_SECONDS = 10.0

_CLOSE = ((b"connection", b"close"),)


class Gone(Exception):
    """Whoever asked has gone: nobody waits for an answer."""


async def read_body(receive: Receive, longest: int) -> bytes:
    """Return the body; raises Problem when it is longer than `longest` bytes or slow, Gone when the asker left."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    body: bytes = message.get("body", b"")
    if len(body) > longest:
        raise too_large(longest)
    return await _rest(receive, body, longest) if message.get("more_body") else body


async def _rest(receive: Receive, first: bytes, longest: int) -> bytes:
    body = bytearray(first)
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Gone
                body += message.get("body", b"")
                if len(body) > longest:
                    raise too_large(longest)
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        seconds = f"{SLOWEST_SECONDS:.0f}"
        raise Problem("too-slow", Words(f"超过 {seconds} 秒", f"more than {seconds} s"), _CLOSE) from None


def too_large(longest: int) -> Problem:
    """Say how large a body may be; the rest of this one is not read."""
    return Problem("too-large", Words(f"最多 {longest} 字节", f"at most {longest} bytes"), _CLOSE)
