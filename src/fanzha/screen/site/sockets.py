"""The sockets of a site: opened once by the supervisor, so that they outlive whoever answers on them."""

import socket
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import NamedTuple

from fanzha.base.errors import WrongCall
from fanzha.screen.settings import Settings

UDP_BUFFER = 8 << 20  # bytes that wait while a standby takes over: half a second of 20,000 calls
BACKLOG = 1_024
_RECEIVE_BUFFER_FORCED = 33  # SO_RCVBUFFORCE (socket(7)), not named by Python


class Wanted(NamedTuple):
    """One socket that settings ask for."""

    name: str  # of the table, for SIP with the protocol behind a slash
    protocol: str
    address: str
    port: int


def wanted(settings: Settings) -> Iterator[Wanted]:
    """Yield every socket that the settings ask for."""
    for name, sip in settings.sip.items():
        for protocol in sip.protocols:
            yield Wanted(f"sip.{name}/{protocol}", protocol, sip.address, sip.port)
    if settings.http:
        yield Wanted("http", "tcp", settings.http.address, settings.http.port)
    if settings.hep:
        yield Wanted("hep", "udp", settings.hep.address, settings.hep.port)
    if settings.site_link:
        yield Wanted("site_link", "tcp", settings.site_link.address, settings.site_link.port)


def open_all(settings: Settings, open_already: Mapping[Wanted, socket.socket] = {}) -> dict[Wanted, socket.socket]:
    """Open what is asked for and not open yet; WrongCall names the table whose address is taken or not ours."""
    found: dict[Wanted, socket.socket] = {}
    for one in wanted(settings):
        try:
            found[one] = open_already.get(one) or _open(one)
        except OSError as error:
            for made in set(found.values()) - set(open_already.values()):
                made.close()
            raise WrongCall(
                f"[{one.name.split('/')[0]}] cannot listen on {one.address} port {one.port} ({one.protocol}): "
                f"{error.strerror}",
                fix="choose another address or port, or end what holds it",
            ) from None
    return found


def widen(made: socket.socket) -> None:
    """Let a socket hold what comes while a standby takes over; without the right to, as much as the system allows.

    The system's own limit is net.core.rmem_max, by default some hundred calls.
    """
    try:
        made.setsockopt(socket.SOL_SOCKET, _RECEIVE_BUFFER_FORCED, UDP_BUFFER)
    except PermissionError:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER)


def _open(one: Wanted) -> socket.socket:
    family = socket.AF_INET6 if ip_address(one.address).version == 6 else socket.AF_INET
    kind = socket.SOCK_DGRAM if one.protocol == "udp" else socket.SOCK_STREAM
    made = socket.socket(family, kind)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if one.protocol == "tcp":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        else:
            widen(made)
        made.bind((one.address, one.port))
        if one.protocol == "tcp":
            made.listen(BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
