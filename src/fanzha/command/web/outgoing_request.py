"""Send requests to external systems, with a total time limit, and to private addresses only if the operator allows it.

Administrators of organisations choose the URLs, so they must not reach the operator's own systems (OWASP, server-side
request forgery). The time limit also ends connections to receivers that answer byte by byte.
"""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from time import monotonic
from typing import Any, NamedTuple
from urllib.parse import urlsplit

#: Time limit of the whole request in seconds, and the maximum number of bytes read of an answer.
SECONDS = 10.0
MOST_BYTES = 65_536


class NotDelivered(Exception):
    """The request failed. The message gives the reason without the address."""


class RequestLimits(NamedTuple):
    """Whether private addresses are allowed, and the name of the setting."""

    allowed: bool
    setting: str


def post(url: str, headers: Mapping[str, str], body: bytes, within: RequestLimits) -> int:
    """Send a POST request without following redirects, and return its 2xx status. Raise NotDelivered."""
    ends = monotonic() + SECONDS
    parts = urlsplit(url)
    host, path = parts.hostname or "", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    asked = HTTPConnection(host, port)
    try:
        asked.sock = _connected(parts.scheme, host, port, resolve(host, port, within), ends)
        asked.request("POST", path, body, {**headers, "Host": parts.netloc.rpartition("@")[2]})
        answer = asked.getresponse()
        answer.read(MOST_BYTES)
    except (OSError, HTTPException, ValueError) as error:
        why = f"no answer within {SECONDS:g} s" if monotonic() >= ends else f"{type(error).__name__}: {error}"
        raise NotDelivered(why) from None
    finally:
        asked.close()
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"HTTP {answer.status}")
    return answer.status


def resolve(host: str, port: int, within: RequestLimits) -> str:
    """Resolve a host once, and return the checked address to connect to.

    Raise NotDelivered if any address of the host is private and that is not allowed.
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise NotDelivered("the name is not found") from None
    if not within.allowed and (any(map(is_within, found)) or any(map(_is_own, found))):
        raise NotDelivered(f"the address is within a network: {within.setting} in fanzha.toml allows it")
    return found[0]


def is_within(address: str) -> bool:
    """Return whether an address is loopback, private, link-local, unique local, or otherwise not public."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return not found.is_global or found.is_multicast


def _is_own(address: str) -> bool:
    """Return whether a public address belongs to this machine. Only such addresses can be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as tried:
        try:
            tried.bind((address, 0))
        except OSError:
            return False
    return True


class _DeadlineSocket:
    """Mixin of sockets whose reads wait at most until a deadline."""

    ends: float

    def recv_into(self, *args: Any, **named: Any) -> int:
        """Read available bytes, or raise TimeoutError."""
        self.settimeout(_left(self.ends))  # type: ignore[attr-defined]
        return int(super().recv_into(*args, **named))  # type: ignore[misc]


class _PlainSocket(_DeadlineSocket, socket.socket):
    pass


class _TlsSocket(_DeadlineSocket, ssl.SSLSocket):
    pass


def _connected(scheme: str, host: str, port: int, address: str, ends: float) -> socket.socket:
    plain = _PlainSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        plain.ends = ends
        plain.settimeout(_left(ends))
        plain.connect((address, port))
        if scheme != "https":
            return plain
        context = ssl.create_default_context()
        context.sslsocket_class = _TlsSocket
        sealed = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise
    assert isinstance(sealed, _TlsSocket)
    try:
        sealed.ends = ends
        sealed.settimeout(_left(ends))
        sealed.do_handshake()
    except BaseException:
        sealed.close()
        raise
    return sealed


def _left(ends: float) -> float:
    left = ends - monotonic()
    if left <= 0:
        raise TimeoutError
    return left
