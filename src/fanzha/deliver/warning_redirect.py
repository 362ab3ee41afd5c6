"""The server that blocked names resolve to: it leads plain HTTP to the page that says why the site is blocked.

It never speaks TLS: over HTTPS the browser shows a failed connection, as it must.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from urllib.parse import quote

_MOST_HEAD_BYTES = 16_384
_SECONDS = 10.0
_MOST_CONNECTIONS = 1_000
_HOST = re.compile(rb"(?im)^host:[ \t]*([!-~]{1,300})[ \t]*\r?$")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63}){0,20}\.?")


class WarningRedirect:
    """Answers every request with a redirect to the warning page that names the host asked for."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._connections = 0

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Begin to serve; return the server."""
        return await asyncio.start_server(self._answer, host, port, limit=_MOST_HEAD_BYTES)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        try:
            if self._connections <= _MOST_CONNECTIONS:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _SECONDS)
                writer.write(redirect(head, self._page))
                await asyncio.wait_for(writer.drain(), _SECONDS)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass
        finally:
            self._connections -= 1
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def redirect(head: bytes, page: str) -> bytes:
    """Return the answer to the head of a request; without a readable host it is 400."""
    host = find_host(head)
    if not host:
        return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    location = f"{page}{'&' if '?' in page else '?'}host={quote(host)}"
    lines = (
        "HTTP/1.1 302 Found",
        f"Location: {location}",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Length: 0",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")


def find_host(head: bytes) -> str:
    """Return the host name that a request is for, without its port; "" if there is none."""
    matched = _HOST.search(head)
    host = matched[1].decode("ascii").rpartition(":")[0] or matched[1].decode("ascii") if matched else ""
    return host.lower() if _NAME.fullmatch(host) else ""
