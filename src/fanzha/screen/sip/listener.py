"""What a SIP listener is told: where it listens, whom it believes, where the trunk stands, how it refuses."""

import re
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Literal

from fanzha.base.errors import WrongCall

LONGEST_NAME = 64  # of a header field or a trunk, in bytes

_TOKEN = re.compile(r"[-.!%*_+`'~0-9A-Za-z]+")
_TEXT = re.compile(r"[ !#-\[\]-~]*")  # printable ASCII that needs no escape within quotes
_ADDRESS = re.compile(r"https?://[!#-;=?-~]+")
_PHRASES = {
    403: "Forbidden", 404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 488: "Not Acceptable Here",
    600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted",
    608: "Rejected",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrunkHeader:
    """The edge names the trunk in a header field that it strips from what comes in."""

    name: str

    def __post_init__(self) -> None:
        _check_name(self.name, "the trunk's header field")


@dataclass(frozen=True, slots=True)
class TrunkGroup:
    """The trunk is the group of the Contact, as tgrp@trunk-context (RFC 4904)."""


@dataclass(frozen=True, slots=True)
class FixedTrunk:
    """All calls of this listener come by one trunk."""

    name: str

    def __post_init__(self) -> None:
        if not (self.name.isprintable() and 0 < len(self.name.encode()) <= LONGEST_NAME):
            raise WrongCall(f"not a trunk's name: {self.name!r}", fix=f"write 1 to {LONGEST_NAME} printable bytes")


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a call is refused; what is said goes back to the caller, so no rule and no threshold belongs in it.

    `phrase` "" takes that of the code's standard. `text` is that of a Reason header field (RFC 3326), with Q.850 cause
    21, call rejected. `call_info` is the address of a signed jCard by which callers find redress (RFC 8688 §3.2.2).
    """

    code: int = 603
    phrase: str = ""
    text: str = ""
    call_info: str = ""

    def __post_init__(self) -> None:
        if not 400 <= self.code <= 699:
            raise WrongCall(
                f"a call cannot be refused with {self.code}", fix="write 603, 608, 403 or another of 400 to 699"
            )
        for said in (self.phrase, self.text):
            if not _TEXT.fullmatch(said):
                raise WrongCall(f"not plain ASCII text: {said!r}", fix="write English without quotes and backslashes")
        if self.call_info and not _ADDRESS.fullmatch(self.call_info):
            raise WrongCall(f"not a web address: {self.call_info!r}", fix="write https://…")

    @property
    def said(self) -> str:
        """Return the phrase."""
        return self.phrase or _PHRASES.get(self.code, "Rejected")


@dataclass(frozen=True, slots=True)
class HeaderNames:
    """The header fields of a 302 that say what to do with the call that goes on; "" leaves one out."""

    treatment: str = "X-Fanzha-Treatment"
    reasons: str = "X-Fanzha-Reason"
    score: str = "X-Fanzha-Score"
    country: str = "X-Fanzha-Country"
    label: str = "X-Fanzha-Label"
    screened: str = "X-Fanzha-Screened"

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name):
                _check_name(getattr(self, each.name), "a header field of the answer")


@dataclass(frozen=True, slots=True)
class Listener:
    """One address and port. The source address of a packet is no trunk; `peers` only says whose packets are read.

    `trusted` is the trust domain of RFC 3324: P-Asserted-Identity and the attestation are believed. `attestation` names
    the header field in which the edge says A, B or C of a PASSporT that it verified; "" where it does not.
    """

    name: str
    address: str
    port: int = 5060
    protocol: Literal["udp", "tcp"] = "udp"
    trunk: TrunkHeader | TrunkGroup | FixedTrunk | None = None
    trusted: bool = False
    attestation: str = ""
    peers: tuple[IPv4Network | IPv6Network, ...] = ()
    refusal: Refusal = field(default_factory=Refusal)
    headers: HeaderNames = field(default_factory=HeaderNames)
    retry_after_seconds: int = 1  # of the 503 when too much comes

    def __post_init__(self) -> None:
        if self.protocol not in ("udp", "tcp"):
            raise WrongCall(f"listener {self.name}: no protocol {self.protocol!r}", fix="write udp or tcp")
        try:
            ip_address(self.address)
        except ValueError:
            raise WrongCall(
                f"listener {self.name}: not an IP address: {self.address!r}",
                fix="write 0.0.0.0, :: or the address of an interface",
            ) from None
        if not 0 <= self.port <= 65_535:
            raise WrongCall(f"listener {self.name}: no port {self.port}", fix="write 5060, or another up to 65535")
        if self.attestation:
            _check_name(self.attestation, f"listener {self.name}: the attestation's header field")

    def hears(self, host: str) -> bool:
        """Whether packets from this address are read."""
        return not self.peers or (bool(host) and any(ip_address(host) in network for network in self.peers))


def _check_name(name: str, of: str) -> None:
    if len(name) > LONGEST_NAME or not _TOKEN.fullmatch(name):
        raise WrongCall(f"{of} cannot be called {name!r}", fix="write a name such as X-Trunk")
