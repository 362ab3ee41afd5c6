"""Settings of a SIP listener: address, trust, source of the trunk's name, refusal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal

from fanzha.base.errors import UsageError
from fanzha.screen.sip.refusal import SipRefusal

LONGEST_NAME = 64  # bytes of a header name or trunk name

_TOKEN = re.compile(r"[-.!%*_+`'~0-9A-Za-z]+")


#: How Call-Info carries a label: not at all, as a text about the caller (RFC 3261 §20.9), as a jCard (RFC 9796).
CallInfoForm = Literal["", "info", "jcard"]


@dataclass(frozen=True, slots=True)
class TrunkHeader:
    """The edge names the trunk in a header field, which it strips from incoming calls."""

    name: str

    def __post_init__(self) -> None:
        _check_name(self.name, "the trunk's header field")


@dataclass(frozen=True, slots=True)
class TrunkGroup:
    """The trunk is the trunk group of the Contact, as tgrp@trunk-context (RFC 4904)."""


@dataclass(frozen=True, slots=True)
class FixedTrunk:
    """All calls of this listener come from one trunk."""

    name: str

    def __post_init__(self) -> None:
        if not (self.name.isprintable() and 0 < len(self.name.encode()) <= LONGEST_NAME):
            raise UsageError(f"not a trunk's name: {self.name!r}", fix=f"write 1 to {LONGEST_NAME} printable bytes")


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """Names of the header fields of a 302 that describe the treatment; "" omits one."""

    treatment: str = "X-Fanzha-Treatment"
    reasons: str = "X-Fanzha-Reason"
    score: str = "X-Fanzha-Score"
    country: str = "X-Fanzha-Country"
    label: str = "X-Fanzha-Label"
    screened: str = "X-Fanzha-Screened"
    verstat: str = "X-Fanzha-Verstat"
    attestation: str = "X-Fanzha-Attestation"
    caller_name: str = "X-Fanzha-Caller-Name"

    def __post_init__(self) -> None:
        for header in fields(self):
            if getattr(self, header.name):
                _check_name(getattr(self, header.name), "a header field of the answer")


@dataclass(frozen=True, slots=True)
class Listener:
    """One address and port. `peers` limits whose packets are read; a source address is no trunk.

    `trusted` is the trust domain of RFC 3324: P-Asserted-Identity and the attestation are accepted. `attestation` names
    the header field with the level A, B or C of a PASSporT that the edge verified; "" without one. `reads_signatures`
    passes on Identity (RFC 8224) to be verified here.
    """

    name: str
    address: str
    port: int = 5060
    protocol: Literal["udp", "tcp"] = "udp"
    trunk: TrunkHeader | TrunkGroup | FixedTrunk | None = None
    trusted: bool = False
    attestation: str = ""
    reads_signatures: bool = False
    peers: tuple[IPv4Network | IPv6Network, ...] = ()
    refusal: SipRefusal = field(default_factory=SipRefusal)
    trunk_refusals: Mapping[str, SipRefusal] = field(default_factory=dict)  # of trunks that have one of their own
    headers: HeaderNames = field(default_factory=HeaderNames)
    label_call_info: CallInfoForm = ""
    retry_after_seconds: int = 1  # of the 503 under overload

    def __post_init__(self) -> None:
        if self.protocol not in ("udp", "tcp"):
            raise UsageError(f"listener {self.name}: no protocol {self.protocol!r}", fix="write udp or tcp")
        try:
            ip_address(self.address)
        except ValueError:
            raise UsageError(
                f"listener {self.name}: not an IP address: {self.address!r}",
                fix="write 0.0.0.0, :: or the address of an interface",
            ) from None
        if not 0 <= self.port <= 65_535:
            raise UsageError(f"listener {self.name}: no port {self.port}", fix="write 5060, or another up to 65535")
        if self.attestation:
            _check_name(self.attestation, f"listener {self.name}: the attestation's header field")

    def accepts(self, host: str) -> bool:
        """Return whether packets from this address are read."""
        return not self.peers or (bool(host) and any(ip_address(host) in network for network in self.peers))


def _check_name(name: str, of: str) -> None:
    if len(name) > LONGEST_NAME or not _TOKEN.fullmatch(name):
        raise UsageError(f"{of} cannot be called {name!r}", fix="write a name such as X-Trunk")
