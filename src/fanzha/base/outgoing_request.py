"""Send requests to external systems, with one deadline, and to private addresses only if the operator allows it.

Administrators of organisations and callers choose the URLs, so they must not reach the operator's own systems (OWASP,
server-side request forgery). The deadline holds for resolving, connecting, TLS, sending and receiving together. It
also ends connections to receivers that read or answer byte by byte.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fanzha.base.public_addresses import is_public_address

#: Time limit of the whole request in seconds, and the maximum number of bytes read of a response.
TIMEOUT_SECONDS = 10.0
MAX_RESPONSE_BYTES = 65_536
#: How many names are resolved at once. The system's resolver cannot be stopped, so its thread may outlive the deadline.
MAX_RESOLVERS = 32

_resolvers = BoundedSemaphore(MAX_RESOLVERS)


class RequestFailed(Exception):
    """The request failed. The message gives the reason without the address."""


class PrivateAddressPolicy(NamedTuple):
    """Whether private addresses are allowed, and the name of the setting."""

    allowed: bool
    setting: str


class AddressRefused(RequestFailed):
    """The address is private, and that is not allowed."""


class ResponseTooLarge(RequestFailed):
    """The response has more bytes than the caller accepts."""


def post(url: str, headers: Mapping[str, str], body: bytes, policy: PrivateAddressPolicy) -> int:
    """Send a POST request without following redirects, and return its 2xx status. Raise RequestFailed."""
    with _respond("POST", url, headers, body, policy) as response:
        response.read(MAX_RESPONSE_BYTES)
        return response.status


def get(
    url: str,
    policy: PrivateAddressPolicy,
    max_bytes: int = MAX_RESPONSE_BYTES,
    headers: Mapping[str, str] | None = None,
) -> tuple[bytes, Mapping[str, str]]:
    """Send a GET request without following redirects; return body and header fields (names in lower case).

    Raise RequestFailed, also for a status other than 200 and a body of more than `max_bytes`.
    """
    with _respond("GET", url, headers or {}, None, policy) as response:
        if response.status != 200:
            raise RequestFailed(f"HTTP {response.status}")
        body = response.read(max_bytes + 1)
        if len(body) > max_bytes:
            raise ResponseTooLarge(f"the response has more than {max_bytes} bytes")
        return body, {name.lower(): value for name, value in response.getheaders()}


def post_and_read(url: str, headers: Mapping[str, str], body: bytes, policy: PrivateAddressPolicy) -> bytes:
    """Send a POST request in the same way as `post`, and return up to `MAX_RESPONSE_BYTES` of the response."""
    with _respond("POST", url, headers, body, policy) as response:
        return response.read(MAX_RESPONSE_BYTES)


@contextmanager
def _respond(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, policy: PrivateAddressPolicy
) -> Iterator[HTTPResponse]:
    """Send a request and yield the response, whose body is not read yet; the status is 2xx."""
    deadline = monotonic() + TIMEOUT_SECONDS
    parts = urlsplit(url)
    host, path = parts.hostname or "", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    connection = HTTPConnection(host, port)
    try:
        connection.sock = connect(parts.scheme, host, port, resolve(host, port, policy, deadline), deadline)
        connection.request(method, path, body, {**headers, "Host": parts.netloc.rpartition("@")[2]})
        with connection.getresponse() as response:  # it shares the socket, which stays open until both are closed
            if not 200 <= response.status < 300:
                raise RequestFailed(f"HTTP {response.status}")
            yield response
    except (OSError, HTTPException, ValueError) as error:
        timed_out = isinstance(error, TimeoutError) or monotonic() >= deadline
        raise RequestFailed(_no_response() if timed_out else f"{type(error).__name__}: {error}") from None
    finally:
        connection.close()


def resolve(host: str, port: int, policy: PrivateAddressPolicy, deadline: float) -> str:
    """Resolve a host once before the deadline, and return the checked address to connect to.

    Raise RequestFailed if any address of the host is private and that is not allowed, TimeoutError at the deadline.
    """
    try:
        addresses = [str(entry[4][0]) for entry in _look_up(host, port, deadline)]
    except TimeoutError:
        raise
    except (OSError, UnicodeError):
        raise RequestFailed("the name is not found") from None
    if not policy.allowed and not are_outside(addresses):
        raise AddressRefused(f"the address is within a network: {policy.setting} in fanzha.toml allows it")
    return addresses[0]


def _look_up(host: str, port: int, deadline: float) -> list[Any]:
    """Return the result of `getaddrinfo`, which has no timeout of its own and therefore runs in a thread."""
    results: SimpleQueue[list[Any] | Exception] = SimpleQueue()
    resolvers = _resolvers
    if not resolvers.acquire(timeout=_remaining_seconds(deadline)):
        raise TimeoutError

    def look_up() -> None:
        try:
            results.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            results.put(error)
        finally:
            resolvers.release()

    Thread(target=look_up, name="resolver", daemon=True).start()
    try:
        result = results.get(timeout=_remaining_seconds(deadline))
    except Empty:
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


def are_outside(addresses: list[str]) -> bool:
    """Return whether all addresses are public and none is this machine's own."""
    return all(map(is_public_address, addresses)) and not any(map(_is_own_address, addresses))


def _is_own_address(address: str) -> bool:
    """Return whether a public address belongs to this machine. Only such addresses can be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


class _DeadlineSocket:
    """Mixin of sockets whose reads and writes wait at most until a deadline."""

    deadline: float

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Read available bytes, or raise TimeoutError."""
        self._limit_wait()
        return int(super().recv_into(*args, **options))  # type: ignore[misc]

    def send(self, *args: Any, **options: Any) -> int:
        """Send bytes, or raise TimeoutError."""
        self._limit_wait()
        return int(super().send(*args, **options))  # type: ignore[misc]

    def sendall(self, *args: Any, **options: Any) -> None:
        """Send all bytes, or raise TimeoutError."""
        self._limit_wait()
        super().sendall(*args, **options)  # type: ignore[misc]

    def _limit_wait(self) -> None:
        self.settimeout(_remaining_seconds(self.deadline))  # type: ignore[attr-defined]


class PlainSocket(_DeadlineSocket, socket.socket):
    pass


class TlsSocket(_DeadlineSocket, ssl.SSLSocket):
    pass


def connect(
    scheme: str, host: str, port: int, address: str, deadline: float, context: ssl.SSLContext | None = None
) -> "PlainSocket | TlsSocket":
    """Connect to a resolved address; return a socket whose attribute `deadline` limits every later read and write.

    The certificate is verified unless another TLS context is given.
    """
    plain_socket = PlainSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        plain_socket.deadline = deadline
        plain_socket.settimeout(_remaining_seconds(deadline))
        plain_socket.connect((address, port))
        if scheme != "https":
            return plain_socket
        context = context or ssl.create_default_context()
        context.sslsocket_class = TlsSocket
        tls_socket = context.wrap_socket(plain_socket, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        plain_socket.close()
        raise
    assert isinstance(tls_socket, TlsSocket)
    try:
        tls_socket.deadline = deadline
        tls_socket.settimeout(_remaining_seconds(deadline))
        tls_socket.do_handshake()
    except BaseException:
        tls_socket.close()
        raise
    return tls_socket


def _remaining_seconds(deadline: float) -> float:
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _no_response() -> str:
    return f"no answer within {TIMEOUT_SECONDS:g} s"
