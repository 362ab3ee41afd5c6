"""Send one signed request: no redirect is followed, and not to this machine itself unless the operator allows it."""

import ipaddress
import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from fanzha.command.orders.order_settings import order_settings
from fanzha.dispose import Dispatch

SECONDS = 10.0


class NotDelivered(Exception):
    """The receiver's system did not take the request; the text says why, without the address."""


def post(dispatch: Dispatch) -> int:
    """Send it; return the status, a 2xx. Raises NotDelivered."""
    parts = urlsplit(dispatch.url)
    host, path = parts.hostname or "", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolved(host, port)
    try:
        asked = _connection(parts.scheme, host, port, address)
    except OSError as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from None
    try:
        asked.request("POST", path, dispatch.body, {**dispatch.headers, "Host": parts.netloc.rpartition("@")[2]})
        answer = asked.getresponse()
        answer.read(65_536)
    except (OSError, HTTPException) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from None
    finally:
        asked.close()
    if not 200 <= answer.status < 300:
        raise NotDelivered(f"HTTP {answer.status}")
    return answer.status


def _resolved(host: str, port: int) -> str:
    """Return the address that is asked: the one that was looked at, not one that a second look-up might give."""
    try:
        address = str(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0])
    except OSError as error:
        raise NotDelivered(f"the name is not found: {error.strerror or error}") from None
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    inside = found.is_loopback or found.is_link_local or found.is_unspecified or found.is_multicast
    if inside and not order_settings().local_addresses:
        raise NotDelivered("the address is this machine itself: [orders] local_addresses in fanzha.toml allows it")
    return address


def _connection(scheme: str, host: str, port: int, address: str) -> HTTPConnection:
    if scheme != "https":
        return HTTPConnection(address, port, timeout=SECONDS)
    asked = HTTPSConnection(host, port, timeout=SECONDS)
    plain = socket.create_connection((address, port), SECONDS)
    try:
        asked.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
    return asked
