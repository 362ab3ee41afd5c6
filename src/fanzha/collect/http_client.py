"""An HTTP client for untrusted servers: one persistent connection with limits of time and size."""

import zlib
from http.client import HTTPConnection, HTTPException
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from fanzha.base.outgoing_request import PlainSocket, PrivateAddressPolicy, RequestFailed, TlsSocket, connect, resolve

TIMEOUT_SECONDS = 30.0
_AGENT = "fanzha"
#: The longest wait that a server may ask for.
MAX_RETRY_AFTER_SECONDS = 3_600.0


class ServerBusy(RequestFailed):
    """Raised for 429 and 503; `retry_after_seconds` is 0 without a usable Retry-After."""

    def __init__(self, status: int, retry_after_seconds: float) -> None:
        super().__init__(f"HTTP {status}")
        self.retry_after_seconds = retry_after_seconds


class NotFound(RequestFailed):
    """Raised for 404 and 410."""


class _Answer(NamedTuple):
    status: int
    body: bytes
    encoding: str
    retry_after: str


class HttpClient:
    """Sends GET requests below one URL, without redirects and credentials."""

    def __init__(self, url: str, policy: PrivateAddressPolicy, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._netloc, self._path = parts.netloc.rpartition("@")[2], parts.path.rstrip("/")
        self._policy, self._timeout = policy, timeout_seconds
        self._connection: HTTPConnection | None = None
        self._socket: PlainSocket | TlsSocket | None = None

    def get(self, path: str, max_bytes: int) -> bytes:
        """Return the body of a resource, at most `max_bytes`, also after decompression. Raise RequestFailed."""
        deadline = monotonic() + self._timeout
        try:
            answer = self._ask(path, max_bytes, deadline)
        except (OSError, HTTPException, ValueError) as error:
            self.close()
            timed_out = isinstance(error, TimeoutError) or monotonic() >= deadline
            reason = f"no answer within {self._timeout:g} s" if timed_out else f"{type(error).__name__}: {error}"
            raise RequestFailed(reason) from None
        except RequestFailed:
            self.close()
            raise
        if answer.status in (429, 503):
            raise ServerBusy(answer.status, _seconds(answer.retry_after))
        if answer.status in (404, 410):
            raise NotFound(f"HTTP {answer.status}")
        if answer.status != 200:
            raise RequestFailed(f"HTTP {answer.status}")
        return _decompress(answer.body, max_bytes) if answer.encoding == "gzip" else answer.body

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._socket = None

    def _ask(self, path: str, max_bytes: int, deadline: float) -> _Answer:
        is_reused = self._connection is not None
        try:
            return self._ask_once(path, max_bytes, deadline)
        except (ConnectionError, HTTPException):
            if not is_reused:
                raise
            self.close()  # the server closed a connection that was idle
            return self._ask_once(path, max_bytes, deadline)

    def _ask_once(self, path: str, max_bytes: int, deadline: float) -> _Answer:
        connection = self._connection or self._open(deadline)
        assert self._socket is not None
        self._socket.deadline = deadline
        headers = {"Host": self._netloc, "User-Agent": _AGENT, "Accept-Encoding": "gzip, identity"}
        connection.request("GET", self._path + path, headers=headers)
        with connection.getresponse() as response:
            body = response.read(max_bytes + 1)
            if len(body) > max_bytes:
                raise RequestFailed(f"the response has more than {max_bytes:,} bytes")
            if response.length:  # bytes that Content-Length promised and that did not come
                raise RequestFailed("the response ended too early")
            encoding = response.getheader("Content-Encoding", "").lower()
            answer = _Answer(response.status, body, encoding, response.getheader("Retry-After", ""))
        if response.will_close:
            self.close()
        return answer

    def _open(self, deadline: float) -> HTTPConnection:
        address = resolve(self._host, self._port, self._policy, deadline)
        self._socket = connect(self._scheme, self._host, self._port, address, deadline)
        self._connection = HTTPConnection(self._host, self._port)
        self._connection.sock = self._socket
        return self._connection


def _decompress(body: bytes, max_bytes: int) -> bytes:
    decoder = zlib.decompressobj(wbits=31)
    try:
        plain = decoder.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise RequestFailed(f"the response is not gzip: {error}") from None
    if len(plain) > max_bytes:
        raise RequestFailed(f"the response has more than {max_bytes:,} bytes")
    if not decoder.eof:
        raise RequestFailed("the response ended too early")
    return plain


def _seconds(retry_after: str) -> float:
    """Return the seconds of Retry-After, 0 for a date or an invalid value."""
    return min(float(retry_after), MAX_RETRY_AFTER_SECONDS) if retry_after.isascii() and retry_after.isdigit() else 0.0
