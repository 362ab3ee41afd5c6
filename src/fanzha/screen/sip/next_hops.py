"""The hosts to which a listener in proxy mode may send requests; it is no open relay."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal, NamedTuple

from fanzha.base.errors import UsageError

SIP_PORT = 5060

_URI = re.compile(
    rb"[^<\"]*+(?:\"(?:[^\"\\]|\\.)*+\"[^<]*+)?<\s*sip:(?:[^@>]*@)?(\[[0-9a-f:.]+\]|[^\s:;?>@\[\]]+)(?::(\d{1,5}))?([;?][^>]*)?>",
    re.IGNORECASE,
)
_LOOSE = re.compile(rb";\s*lr\s*(?:[=;?]|$)", re.IGNORECASE)
_TRANSPORT = re.compile(rb";\s*transport\s*=\s*([a-z]+)", re.IGNORECASE)
_DIALOG = re.compile(rb";fz=([0-9a-f]{16})-([A-Za-z0-9_-]*)(?:;|$)")
_TARGET = re.compile(
    rb"sip:(?:[^@>]*@)?(\[[0-9a-f:.]+\]|[^\s:;?>@\[\]]+)(?::(\d{1,5}))?([;?].*)?$", re.IGNORECASE | re.DOTALL
)
_HOP = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9.]+)(?::(\d{1,5}))?")


class Hop(NamedTuple):
    """Address and port of a SIP element."""

    host: str
    port: int


class SipAddress(NamedTuple):
    """Host, port (0 without one) and parameters of a SIP URI in a Route header field or a Request-URI."""

    host: str
    port: int
    parameters: bytes

    @property
    def is_loose(self) -> bool:
        """Whether the element routes loosely (RFC 3261 §19.1.1, lr)."""
        return _LOOSE.search(self.parameters) is not None

    @property
    def dialog(self) -> tuple[bytes, bytes]:
        """What this proxy wrote of a screened dialog into its Record-Route: mark and encoded address; else b"", b""."""
        found = _DIALOG.search(self.parameters)
        return (found[1], found[2]) if found else (b"", b"")

    def uses(self, protocol: str) -> bool:
        """Return whether the URI may be reached over a protocol."""
        named = _TRANSPORT.search(self.parameters)
        return named is None or named[1].lower() == protocol.encode()


def read_route(value: bytes) -> SipAddress | None:
    """Return the address of one value of a Route header field; None for sips and for malformed values."""
    return _address(_URI.match(value))


def read_target(uri: bytes) -> SipAddress | None:
    """Return the address of a Request-URI; None unless it is a SIP URI."""
    return _address(_TARGET.match(uri))


def _address(found: re.Match[bytes] | None) -> SipAddress | None:
    if found is None:
        return None
    host, port = found[1].decode("ascii", "replace").lower().strip("[]"), int(found[2] or 0)
    return SipAddress(host, port, found[3] or b"") if port <= 65_535 else None


def read_hop(text: str) -> Hop:
    """Return a hop written as 192.0.2.10, 192.0.2.10:5080 or [2001:db8::1]:5060; raise UsageError otherwise."""
    found = _HOP.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        hop = Hop(str(ip_address(found[1].strip("[]"))), int(found[2] or SIP_PORT))
        if not 0 < hop.port <= 65_535:
            raise ValueError
    except ValueError:
        raise UsageError(f"not a next hop: {text!r}", fix="write an address and port such as 192.0.2.10:5060") from None
    return hop


@dataclass(frozen=True, slots=True)
class NextHops:
    """Where a proxy listener sends requests.

    Requests without a further Route go to `next_hop`. A Route leads to addresses in `networks` and to the host names
    in `names`, which are mapped to addresses, because no call waits for DNS. `own_names` are host names of this
    listener in a Route, beside its address. `advertised` is the host in Via and Record-Route.
    """

    advertised: str
    port: int
    protocol: Literal["udp", "tcp"] = "udp"
    next_hop: Hop | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    own_names: frozenset[str] = frozenset()

    def is_own(self, address: SipAddress) -> bool:
        """Return whether a Route leads to this listener."""
        if address.host in self.own_names:
            return address.port in (0, self.port)
        return address.host == self.advertised and (address.port or SIP_PORT) == self.port

    def resolve(self, address: SipAddress) -> Hop | None:
        """Return where a Route or Request-URI leads to, None unless it is permitted."""
        if not address.uses(self.protocol):
            return None
        port = address.port or SIP_PORT
        named = self.names.get(address.host)
        if named is not None:
            return Hop(named, port)
        try:
            host = ip_address(address.host)
        except ValueError:
            return None
        hop = Hop(str(host), port)
        if hop == (self.advertised, self.port):
            return None  # this listener itself
        return hop if hop == self.next_hop or any(host in network for network in self.networks) else None

    @property
    def sent_by(self) -> bytes:
        """Host and port of this listener, as written in Via."""
        host = f"[{self.advertised}]" if ":" in self.advertised else self.advertised
        return f"{host}:{self.port}".encode()
