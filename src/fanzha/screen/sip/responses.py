"""Fixed parts of SIP responses: status lines, redirect headers, refusals."""

from collections.abc import Callable
from urllib.parse import quote

from fanzha.screen.decision import Decision
from fanzha.screen.sip._scan import layout
from fanzha.screen.sip.listener import Listener, SipRefusal

MAX_KEPT = 4_096  # cached texts by decision

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


class RedirectLines:
    """The last lines of a 302 with the treatment for the proxy; cached, because few decisions differ."""

    def __init__(self, listener: Listener, label: Callable[[Decision], str] = no_label) -> None:
        self._names, self._label = listener.headers, label
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
        names = self._names
        fields = (
            (names.treatment, decision.treatment.value),
            (names.reasons, ",".join(quote(reason, safe="") for reason in decision.reasons)),
            (names.score, str(round(100 * decision.score)) if decision.reasons else ""),
            (names.country, quote(decision.country, safe="")),
            (names.label, quote(self._label(decision), safe=" ")),
            (names.screened, "" if decision.screened else "no"),
        )
        return "".join(f"{name}: {value}\r\n" for name, value in fields if name and value).encode() + END


def refusal_lines(refusal: SipRefusal) -> bytes:
    """Return the last lines of a refusal: Reason (RFC 3326, RFC 6432) and the redress address (RFC 8688)."""
    text = f';text="{refusal.text}"' if refusal.text else ""
    redress = f"Call-Info: <{refusal.call_info}>;purpose=jwscard\r\n" if refusal.call_info else ""
    return f"Reason: Q.850;cause=21{text}\r\n{redress}".encode() + END
