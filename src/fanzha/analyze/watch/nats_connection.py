"""A connection to a NATS server whose event loop runs in a thread of its own (extra `stream`)."""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit, urlunsplit

from fanzha.base.errors import FanzhaError, UsageError

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js import JetStreamContext

T = TypeVar("T")

SCHEMES = ("nats", "tls")
CREDENTIALS = "FANZHA_NATS_CREDENTIALS"  # environment variable with the path of a credentials file
TIMEOUT_SECONDS = 30.0
CONNECT_SECONDS = 5.0


class StreamFailed(FanzhaError):
    """The server of a stream does not answer, or refuses (exit 1)."""

    exit_code = 1


class NatsAddress(NamedTuple):
    """A server, and the stream that is read or the subject that is written to."""

    server: str
    name: str


def is_nats(source: str) -> bool:
    """Return whether a source or output is written as the URL of a stream or subject."""
    return source.partition("://")[0] in SCHEMES


def parse_address(url: str) -> NatsAddress:
    """Parse `nats://HOST:PORT/NAME`. Raise UsageError."""
    parts = urlsplit(url)
    name = parts.path.strip("/")
    if not parts.hostname or not name or "/" in name:
        raise UsageError(f"{url}: no stream or subject 未写明流或主题", fix="write nats://HOST:4222/NAME")
    return NatsAddress(urlunsplit((parts.scheme, parts.netloc, "", "", "")), name)


class NatsConnection:
    """Runs coroutines on the connection from other threads; lost connections are restored by the client."""

    def __init__(self, server: str) -> None:
        """Connect. Raise UsageError without the package, StreamFailed if the server does not answer."""
        try:
            import nats
        except ImportError:
            raise UsageError("this needs nats-py", fix="pip install 'fanzha[stream]'") from None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._thread.start()
        credentials = os.environ.get(CREDENTIALS)
        options: dict[str, Any] = {"user_credentials": credentials} if credentials else {}
        try:
            self.client: Client = self.run(
                nats.connect(server, connect_timeout=CONNECT_SECONDS, max_reconnect_attempts=-1, **options)
            )
        except BaseException:
            self._stop_loop()
            raise
        self.stream: JetStreamContext = self.client.jetstream(timeout=TIMEOUT_SECONDS)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine and return its result. Raise StreamFailed if the server refuses or does not answer."""
        from nats.errors import Error

        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(2 * TIMEOUT_SECONDS)
        except (Error, OSError, TimeoutError) as error:
            raise StreamFailed(f"NATS: {error or type(error).__name__}", fix="is the server there?") from error

    def start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine beside the caller."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def close(self) -> None:
        """Close the connection and end the thread."""
        try:
            self.run(self.client.close())
        finally:
            self._stop_loop()

    def _stop_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        if not self._thread.is_alive():
            self._loop.close()
