"""Fixed parts of SIP responses: status lines, redirect headers, refusals."""

import re
import time
from collections.abc import Callable
from urllib.parse import quote

import msgspec

from fanzha.screen.decision import Decision
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.listener import CallInfoForm, Listener
from fanzha.screen.sip.refusal import PHRASES, SipRefusal

MAX_KEPT = 4_096  # cached texts by decision

#: Code, first line and last lines of an answer.
AnswerParts = tuple[int, bytes, bytes]

_CAPABILITY = re.compile(
    rb"\r\nFeature-Caps[ \t]*:(?:[^\r]|\r\n[ \t])*?;(?:[ \t]|\r\n[ \t])*\+sip\.608(?![A-Za-z0-9.!%*_+`'~-])",
    re.IGNORECASE,
)

END = b"Content-Length: 0\r\n\r\n"
ALLOW = b"Allow: INVITE, ACK, CANCEL, OPTIONS\r\n"

#: Status of malformed requests (RFC 3261 §8.2, §21.4; RFC 4475).
FAULTS: dict[int, tuple[int, str]] = {
    layout.BAD_REQUEST_LINE: (400, "Malformed Request-Line"),
    layout.BAD_VERSION: (505, "Version Not Supported"),
    layout.BAD_TARGET: (400, "Malformed Request-URI"),
    layout.BAD_SCHEME: (416, "Unsupported URI Scheme"),
    layout.BAD_HEADER: (400, "Malformed Header Field"),
    layout.BAD_VIA: (400, "Malformed Via"),
    layout.BAD_FROM: (400, "Missing or Malformed From"),
    layout.BAD_TO: (400, "Missing or Malformed To"),
    layout.BAD_CALL_ID: (400, "Missing or Malformed Call-ID"),
    layout.BAD_CSEQ: (400, "Missing or Malformed CSeq"),
    layout.OTHER_METHOD: (400, "CSeq of Another Method"),
    layout.REPEATED: (400, "Repeated Header Field"),
    layout.BAD_LENGTH: (400, "Missing or Malformed Content-Length"),
    layout.TOO_SHORT: (400, "Body Shorter Than Content-Length"),
    layout.TOO_LARGE: (513, "Message Too Large"),
    layout.BAD_LINE_END: (400, "Malformed Line End"),
    layout.TOO_MANY_IDENTITIES: (400, "Too Many Identities"),
}


def status_line(code: int, phrase: str) -> bytes:
    """Return the first line of a response."""
    return f"SIP/2.0 {code} {phrase}\r\n".encode()


FAULT_LINES = {fault: status_line(code, phrase) for fault, (code, phrase) in FAULTS.items()}
REDIRECT = status_line(302, "Moved Temporarily")
OK = status_line(200, "OK")
NO_DIALOG = status_line(481, "Call/Transaction Does Not Exist")
NOT_ALLOWED = status_line(405, "Method Not Allowed")
NOT_IMPLEMENTED = status_line(501, "Not Implemented")
UNAVAILABLE = status_line(503, "Service Unavailable")

CAPABILITIES = ALLOW + b"Accept: application/sdp\r\nSupported:\r\n" + END


def no_label(_decision: Decision) -> str:
    """Return no label."""
    return ""


def label_call_info(form: CallInfoForm, label: str) -> str:
    """Return the value of Call-Info that carries a label, a quoted string; "" where there is none."""
    text = re.sub(r"\\(.)", r"\1", label[1:-1])
    if not (form and text):
        return ""
    if form == "info":
        return f"<data:text/plain;charset=utf-8,{quote(text, safe='')}>;purpose=info"
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", text]]]
    return f"<data:application/json,{quote(msgspec.json.encode(card), safe='')}>;purpose=jcard"


class RedirectLines:
    """The last lines of a 302 with the treatment for the proxy; cached, because few decisions differ."""

    def __init__(self, listener: Listener, label: Callable[[Decision], str] = no_label) -> None:
        self._names, self._label, self._call_info = listener.headers, label, listener.label_call_info
        self._cache: dict[Decision, bytes] = {}

    def lines(self, decision: Decision) -> bytes:
        """Return header fields and the end of the message."""
        cached = self._cache.get(decision)
        if cached is None:
            if len(self._cache) >= MAX_KEPT:
                self._cache.clear()
            cached = self._cache[decision] = self._write(decision)
        return cached

    def _write(self, decision: Decision) -> bytes:
        names, label = self._names, self._label(decision)
        fields: tuple[tuple[str, str], ...] = (
            (names.treatment, decision.treatment.value),
            (names.reasons, ",".join(quote(reason, safe="") for reason in decision.reasons)),
            (names.score, str(round(100 * decision.score)) if decision.reasons else ""),
            (names.country, quote(decision.country, safe="")),
            (names.label, quote(label, safe=" ")),
            ("Call-Info", label_call_info(self._call_info, label) if self._call_info else ""),
            (names.screened, "" if decision.screened else "no"),
        )
        if (result := decision.verification) is not None:
            fields += (
                (names.verstat, result.verstat.value),
                (names.attestation, quote(result.attestation, safe="")),
                (names.caller_name, quote(result.name, safe=" ")),
            )
        return "".join(f"{name}: {value}\r\n" for name, value in fields if name and value).encode() + END


class RefusalAnswer:
    """Writes the answer of one refusal."""

    def __init__(self, refusal: SipRefusal, now: Callable[[], float] = time.time) -> None:
        """`now` returns Unix seconds."""
        self._refusal, self._now = refusal, now
        reason = f"Reason: {refusal.reason}\r\n"
        address = f"Call-Info: <{refusal.call_info}>;purpose=jwscard\r\n" if refusal.call_info else ""
        self._reason = reason.encode()
        self._static = (
            refusal.code,
            status_line(refusal.code, refusal.reason_phrase),
            (reason + address).encode() + END,
        )
        self._declined = 603, status_line(603, PHRASES[603]), self._reason + END
        self._is_static = refusal.card is None and not refusal.needs_capability
        self._signed: tuple[int, AnswerParts] = (-1, self._static)

    def parts(self, read_message: Callable[[], bytes]) -> AnswerParts:
        """Return the answer to a call; `read_message` returns its bytes and is called only where they matter."""
        if self._is_static:
            return self._static
        if self._refusal.needs_capability and not _CAPABILITY.search(read_message().partition(b"\r\n\r\n")[0]):
            return self._declined
        return self._sign() if self._refusal.card is not None else self._static

    def _sign(self) -> AnswerParts:
        """Return the answer with a jCard issued in this second (RFC 8688 §3.2.2, iat)."""
        second, (signed_at, answer) = int(self._now()), self._signed
        if second != signed_at:
            assert self._refusal.card is not None
            card = f"Call-Info: <data:application/jose,{self._refusal.card.sign(second)}>;purpose=jwscard\r\n"
            code, first, _ = self._static
            answer = code, first, self._reason + card.encode() + END
            self._signed = second, answer
        return answer
