"""How a call is refused: status, Reason and the contact for redress (RFC 3326, RFC 8688, ATIS-1000099)."""

import re
from dataclasses import dataclass

from fanzha.base.errors import UsageError
from fanzha.screen.sip.jws_card import CardSigner

_TEXT = re.compile(r"[ !#-\[\]-~]*")  # printable ASCII without quote and backslash
_ADDRESS = re.compile(r"https?://[!#-;=?-~]+")
_CONTACT_URL = re.compile(r"https://[!#-:=?-\[\]-~]+")  # ATIS-1000099: no semicolon, which separates the contacts
_TEL = re.compile(r"\+[1-9]\d{6,14}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
PHRASES = {
    403: "Forbidden", 404: "Not Found", 480: "Temporarily Unavailable", 486: "Busy Here", 488: "Not Acceptable Here",
    500: "Server Internal Error", 503: "Service Unavailable", 600: "Busy Everywhere", 603: "Decline",
    604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted", 608: "Rejected",
}  # fmt: skip
#: Where a call was refused (RFC 8606): the network of the called party, a transit network …
LOCATIONS = ("U", "LPN", "LN", "TN", "RLN", "RPN", "INTL")


@dataclass(frozen=True, slots=True)
class RedressContact:
    """Contact for objections of refused callers; at least one of `url`, `tel` and `email`."""

    url: str = ""
    tel: str = ""  # E.164
    email: str = ""
    name: str = ""

    def __post_init__(self) -> None:
        if not (self.url or self.tel or self.email):
            raise UsageError("no contact for redress", fix="write url, tel or email")
        if self.url and not _CONTACT_URL.fullmatch(self.url):
            raise UsageError(f"not a contact address: {self.url!r}", fix="write https://… without a semicolon")
        if self.tel and not _TEL.fullmatch(self.tel):
            raise UsageError(f"not a telephone number in international form: {self.tel!r}", fix="write +86…")
        if self.email and not _EMAIL.fullmatch(self.email):
            raise UsageError(f"not an email address: {self.email!r}", fix="write name@carrier.example")

    @property
    def pairs(self) -> str:
        """The contact as ATIS-1000099 writes it: url, tel and email as pairs."""
        return ";".join(
            f"{name}={value}" for name, value in (("url", self.url), ("tel", self.tel), ("email", self.email)) if value
        )


@dataclass(frozen=True, slots=True)
class SipRefusal:
    """How a call is refused. The texts reach the caller, so they must name no rule and no threshold.

    `phrase` "" uses the standard phrase of the code. `cause` of Q.850 selects the announcement of an exchange; 21 is
    call rejected. `text` goes into the Reason header field (RFC 3326). `blocked_by` makes the refusal a "603+"
    (ATIS-1000099), which names that contact and `location`. `call_info` is the address of a signed jCard for redress
    (RFC 8688 §3.2.2), `card` signs one for each second instead. With `needs_capability` a caller that does not declare
    sip.608 gets 603, because it cannot read 608 and the screen plays no announcement (RFC 8688 §3.4).
    """

    code: int = 603
    phrase: str = ""
    cause: int = 21
    text: str = ""
    call_info: str = ""
    blocked_by: RedressContact | None = None
    location: str = "RLN"
    card: CardSigner | None = None
    needs_capability: bool = False

    def __post_init__(self) -> None:
        if not 400 <= self.code <= 699:
            raise UsageError(
                f"a call cannot be refused with {self.code}", fix="write 603, 608, 403 or another of 400 to 699"
            )
        if not 1 <= self.cause <= 127:
            raise UsageError(f"no cause of Q.850: {self.cause}", fix="write 21, or another of 1 to 127")
        for text in (self.phrase, self.text):
            if not _TEXT.fullmatch(text):
                raise UsageError(f"not plain ASCII text: {text!r}", fix="write English without quotes and backslashes")
        if self.call_info and not _ADDRESS.fullmatch(self.call_info):
            raise UsageError(f"not a web address: {self.call_info!r}", fix="write https://…")

    @property
    def reason_phrase(self) -> str:
        """The reason phrase."""
        return self.phrase or ("Network Blocked" if self.blocked_by else PHRASES.get(self.code, "Rejected"))

    @property
    def reason(self) -> str:
        """The Reason header field."""
        if self.blocked_by is not None:
            return f'SIP;cause=603;text="v=analytics1;{self.blocked_by.pairs}";location={self.location}'
        return f"Q.850;cause={self.cause}" + (f';text="{self.text}"' if self.text else "")
