"""uvicorn on a loop that it shares with calls: no access log, no signals, no connection kept for nothing."""

import contextlib
from collections.abc import Generator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fanzha.screen.http.app import App
from fanzha.screen.http.protocol import KEPT_OPEN_SECONDS, BoundedProtocol

MOST_CONNECTIONS = 1_000
STOPPING_SECONDS = 3

_TICKS = 10  # of uvicorn in a second


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
        timeout_keep_alive=int(KEPT_OPEN_SECONDS),
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
