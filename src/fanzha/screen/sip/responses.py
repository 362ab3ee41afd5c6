"""The texts of answers around what they repeat: status lines, headers to go on with, refusals."""

from collections.abc import Callable
from urllib.parse import quote

from fanzha.screen.decision import Decision
from fanzha.screen.sip._scan import layout as at
from fanzha.screen.sip.listener import Listener, Refusal

MOST_KEPT = 4_096  # of the texts that differ by decision

END = b"Content-Length: 0\r\n\r\n"
ALLOW = b"Allow: INVITE, ACK, CANCEL, OPTIONS\r\n"

#: What is answered to a message that is no ordinary request (RFC 3261 §8.2, §21.4; RFC 4475).
FAULTS: dict[int, tuple[int, str]] = {
    at.BAD_REQUEST_LINE: (400, "Malformed Request-Line"),
    at.BAD_VERSION: (505, "Version Not Supported"),
    at.BAD_TARGET: (400, "Malformed Request-URI"),
    at.BAD_SCHEME: (416, "Unsupported URI Scheme"),
    at.BAD_HEADER: (400, "Malformed Header Field"),
    at.BAD_VIA: (400, "Malformed Via"),
    at.BAD_FROM: (400, "Missing or Malformed From"),
    at.BAD_TO: (400, "Missing or Malformed To"),
    at.BAD_CALL_ID: (400, "Missing or Malformed Call-ID"),
    at.BAD_CSEQ: (400, "Missing or Malformed CSeq"),
    at.OTHER_METHOD: (400, "CSeq of Another Method"),
    at.REPEATED: (400, "Repeated Header Field"),
    at.BAD_LENGTH: (400, "Missing or Malformed Content-Length"),
    at.TOO_SHORT: (400, "Body Shorter Than Content-Length"),
    at.TOO_LARGE: (513, "Message Too Large"),
    at.BAD_LINE_END: (400, "Malformed Line End"),
}


def status_line(code: int, phrase: str) -> bytes:
    """Return the first line of an answer."""
    return f"SIP/2.0 {code} {phrase}\r\n".encode()


FAULT_LINES = {fault: status_line(code, phrase) for fault, (code, phrase) in FAULTS.items()}
GO_ON = status_line(302, "Moved Temporarily")
HEALTHY = status_line(200, "OK")
NO_DIALOG = status_line(481, "Call/Transaction Does Not Exist")
NOT_ALLOWED = status_line(405, "Method Not Allowed")
NOT_IMPLEMENTED = status_line(501, "Not Implemented")
UNAVAILABLE = status_line(503, "Service Unavailable")

ABILITIES = ALLOW + b"Accept: application/sdp\r\nSupported:\r\n" + END


def no_label(_decision: Decision) -> str:
    """Show nothing."""
    return ""


class GoOn:
    """The last lines of a 302: what the proxy shall do with the call. They are kept, for few decisions differ."""

    def __init__(self, listener: Listener, label: Callable[[Decision], str] = no_label) -> None:
        self._names, self._label = listener.headers, label
        self._kept: dict[Decision, bytes] = {}

    def lines(self, decision: Decision) -> bytes:
        """Return header fields and the end of the message."""
        kept = self._kept.get(decision)
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[decision] = self._write(decision)
        return kept

    def _write(self, decision: Decision) -> bytes:
        names = self._names
        said = (
            (names.treatment, decision.treatment.value),
            (names.reasons, ",".join(quote(reason, safe="") for reason in decision.reasons)),
            (names.score, str(round(100 * decision.score)) if decision.reasons else ""),
            (names.country, quote(decision.country, safe="")),
            (names.label, quote(self._label(decision), safe=" ")),
            (names.screened, "" if decision.screened else "no"),
        )
        return "".join(f"{name}: {value}\r\n" for name, value in said if name and value).encode() + END


def refusal_lines(refusal: Refusal) -> bytes:
    """Return the last lines of a refusal: a Reason (RFC 3326, RFC 6432) and where to find redress (RFC 8688)."""
    text = f';text="{refusal.text}"' if refusal.text else ""
    redress = f"Call-Info: <{refusal.call_info}>;purpose=jwscard\r\n" if refusal.call_info else ""
    return f"Reason: Q.850;cause=21{text}\r\n{redress}".encode() + END
