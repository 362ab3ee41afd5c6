"""uvicorn on a loop shared with calls: no access log, no signal handlers, bounded connections."""

import contextlib
import ssl
from collections.abc import Generator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fanzha.screen.http.app import HttpApp
from fanzha.screen.http.protocol import KEEP_ALIVE_SECONDS, BoundedProtocol

MAX_CONNECTIONS = 1_000
STOPPING_SECONDS = 3

_TICKS = 10  # uvicorn's ticks a second


class HttpServer(uvicorn.Server):
    """The server of one application on sockets owned by others."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the owner of the process."""
        yield

    async def on_tick(self, counter: int) -> bool:
        """Sweep idle connections once a second."""
        if counter % _TICKS == 0:
            self.sweep()
        return await super().on_tick(counter)

    def sweep(self) -> None:
        """Close overdue connections."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, BoundedProtocol) and connection.is_overdue():
                connection.transport.close()


def make_server(app: HttpApp, tls_context: ssl.SSLContext | None = None) -> HttpServer:
    """Return a server for `await server.serve(sockets=[...])`; `server.should_exit = True` stops it.

    With `tls_context` it speaks HTTPS.
    """
    config = make_config(app, BoundedProtocol)
    config.load()
    config.ssl = tls_context  # uvicorn's own settings would allow its default ciphers only
    return HttpServer(config)


def make_config(app: Any, protocol: type[HttpToolsProtocol]) -> uvicorn.Config:
    """Return uvicorn's configuration; the benchmark runs a minimal application with it."""
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="critical",  # else every invalid request would write a line
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_keep_alive=int(KEEP_ALIVE_SECONDS),
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
