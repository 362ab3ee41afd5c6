"""Settings of a SIP listener: address, trust, source of the trunk's name, refusal."""

import re
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal

from fanzha.base.errors import UsageError

LONGEST_NAME = 64  # bytes of a header name or trunk name

_TOKEN = re.compile(r"[-.!%*_+`'~0-9A-Za-z]+")
_TEXT = re.compile(r"[ !#-\[\]-~]*")  # printable ASCII without quote and backslash
_ADDRESS = re.compile(r"https?://[!#-;=?-~]+")
_PHRASES = {
    403: "Forbidden", 404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 488: "Not Acceptable Here",
    600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted",
    608: "Rejected",
}  # fmt: skip


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
class SipRefusal:
    """How a call is refused. The texts reach the caller, so they must name no rule and no threshold.

    `phrase` "" uses the standard phrase of the code. `text` goes into a Reason header field (RFC 3326) with Q.850 cause
    21, call rejected. `call_info` is the address of a signed jCard for redress (RFC 8688 §3.2.2).
    """

    code: int = 603
    phrase: str = ""
    text: str = ""
    call_info: str = ""

    def __post_init__(self) -> None:
        if not 400 <= self.code <= 699:
            raise UsageError(
                f"a call cannot be refused with {self.code}", fix="write 603, 608, 403 or another of 400 to 699"
            )
        for text in (self.phrase, self.text):
            if not _TEXT.fullmatch(text):
                raise UsageError(f"not plain ASCII text: {text!r}", fix="write English without quotes and backslashes")
        if self.call_info and not _ADDRESS.fullmatch(self.call_info):
            raise UsageError(f"not a web address: {self.call_info!r}", fix="write https://…")

    @property
    def reason_phrase(self) -> str:
        """The reason phrase."""
        return self.phrase or _PHRASES.get(self.code, "Rejected")


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """Names of the header fields of a 302 that describe the treatment; "" omits one."""

    treatment: str = "X-Fanzha-Treatment"
    reasons: str = "X-Fanzha-Reason"
    score: str = "X-Fanzha-Score"
    country: str = "X-Fanzha-Country"
    label: str = "X-Fanzha-Label"
    screened: str = "X-Fanzha-Screened"

    def __post_init__(self) -> None:
        for header in fields(self):
            if getattr(self, header.name):
                _check_name(getattr(self, header.name), "a header field of the answer")


@dataclass(frozen=True, slots=True)
class Listener:
    """One address and port. `peers` limits whose packets are read; a source address is no trunk.

    `trusted` is the trust domain of RFC 3324: P-Asserted-Identity and the attestation are accepted. `attestation` names
    the header field with the level A, B or C of a PASSporT that the edge verified; "" without one.
    """

    name: str
    address: str
    port: int = 5060
    protocol: Literal["udp", "tcp"] = "udp"
    trunk: TrunkHeader | TrunkGroup | FixedTrunk | None = None
    trusted: bool = False
    attestation: str = ""
    peers: tuple[IPv4Network | IPv6Network, ...] = ()
    refusal: SipRefusal = field(default_factory=SipRefusal)
    headers: HeaderNames = field(default_factory=HeaderNames)
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
