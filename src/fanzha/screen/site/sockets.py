"""The sockets of a site, opened once by the supervisor so that they outlive owner processes."""

import socket
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import NamedTuple

from fanzha.base.errors import UsageError
from fanzha.screen.settings import ScreenSettings

UDP_BUFFER = 8 << 20  # bytes; holds half a second of 20,000 calls a second during a takeover
BACKLOG = 1_024
_RECEIVE_BUFFER_FORCED = 33  # SO_RCVBUFFORCE (socket(7)), not named by Python


class ListenAddress(NamedTuple):
    """One socket that the settings require."""

    name: str  # name of the settings table, for SIP followed by a slash and the protocol
    protocol: str
    address: str
    port: int


def listen_addresses(settings: ScreenSettings) -> Iterator[ListenAddress]:
    """Yield every socket that the settings require, its address as `getsockname` writes it."""
    for listener in _listeners(settings):
        yield listener._replace(address=str(ip_address(listener.address)))


def _listeners(settings: ScreenSettings) -> Iterator[ListenAddress]:
    for name, sip in settings.sip.items():
        for protocol in sip.protocols:
            yield ListenAddress(f"sip.{name}/{protocol}", protocol, sip.address, sip.port)
    if settings.http:
        yield ListenAddress("http", "tcp", settings.http.address, settings.http.port)
    if settings.hep:
        yield ListenAddress("hep", "udp", settings.hep.address, settings.hep.port)
    if settings.site_link:
        yield ListenAddress("site_link", "tcp", settings.site_link.address, settings.site_link.port)


def open_sockets(
    settings: ScreenSettings, open_already: Mapping[ListenAddress, socket.socket] = {}
) -> dict[ListenAddress, socket.socket]:
    """Open the missing sockets; raise UsageError naming the table whose address cannot be used."""
    sockets: dict[ListenAddress, socket.socket] = {}
    for address in listen_addresses(settings):
        try:
            sockets[address] = open_already.get(address) or _open(address)
        except OSError as error:
            for opened in set(sockets.values()) - set(open_already.values()):
                opened.close()
            raise UsageError(
                f"[{address.name.split('/')[0]}] cannot listen on {address.address} port {address.port} "
                f"({address.protocol}): {error.strerror}",
                fix="choose another address or port, or end what holds it",
            ) from None
    return sockets


def describe_socket(name: str, opened: socket.socket) -> ListenAddress:
    """Return the name and address of an open socket."""
    address, port = opened.getsockname()[:2]
    return ListenAddress(name, "udp" if opened.type == socket.SOCK_DGRAM else "tcp", address, port)


def enlarge_buffer(opened: socket.socket) -> None:
    """Enlarge a socket's receive buffer for a takeover, beyond the system's limit if permitted.

    The system's limit is net.core.rmem_max, by default some hundred calls.
    """
    try:
        opened.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER_FORCED, UDP_BUFFER)
    except PermissionError:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER)


def _open(address: ListenAddress) -> socket.socket:
    family = socket.AF_INET6 if ip_address(address.address).version == 6 else socket.AF_INET
    kind = socket.SOCK_DGRAM if address.protocol == "udp" else socket.SOCK_STREAM
    opened = socket.socket(family, kind)
    try:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if address.protocol == "tcp":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            enlarge_buffer(opened)
        opened.bind((address.address, address.port))
        if address.protocol == "tcp":
            opened.listen(BACKLOG)
        opened.setblocking(False)
    except OSError:
        opened.close()
        raise
    return opened
