"""Calls as a proxy sends them, for the tests of the SIP screen."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.overload import OverloadControl
from fanzha.screen.sip.listener import Listener
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache

CALLER, CALLEE = "+8617000000001", "+8619100012345"
PROXY = "192.0.2.1"
ALLOW = Decision(Treatment.ALLOW)
HEADERS = (
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK776asdhds",
    "Max-Forwards: 70",
    f"From: <sip:{CALLER}@192.0.2.77>;tag=1928301774",
    f"To: <sip:{CALLEE}@192.0.2.1>",
    "Call-ID: a84b4c76e66710@192.0.2.77",
    "CSeq: 314159 INVITE",
    "Contact: <sip:gateway@192.0.2.77>",
)


def request(*changed: str, line: str = f"INVITE sip:{CALLEE}@192.0.2.9 SIP/2.0", body: str = "") -> bytes:
    """Return a request; a header field given again replaces the usual one of that name, others are put after them.

    "NAME" alone leaves a usual one out.
    """
    names = {header.partition(":")[0] for header in changed}
    defaults = [header for header in HEADERS if header.partition(":")[0] not in names]
    added = [header for header in changed if ":" in header]
    length = [] if "Content-Length" in names else [f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join([line, *defaults, *added, *length]) + "\r\n\r\n" + body).encode()


@dataclass
class FakeDecider:
    """Decides as it is told, and keeps what it was asked."""

    decision: Decision = ALLOW
    attempts: list[CallAttempt] = field(default_factory=list)

    def decide(self, attempt: CallAttempt) -> Decision:
        """Keep the attempt, return the decision."""
        self.attempts.append(attempt)
        return self.decision


def server(
    listener: Listener | None = None, desk: FakeDecider | None = None, **options: Callable[..., object]
) -> RedirectServer:
    """Return a server of its own, with memory of its own."""
    added = listener or Listener("test", "192.0.2.9")
    return RedirectServer(added, (desk or FakeDecider()).decide, DecisionCache(), OverloadControl(), **options)  # type: ignore[arg-type]


def read_attempt(message: bytes, listener: Listener | None = None) -> CallAttempt:
    """Return the attempt that a listener makes of a message."""
    desk = FakeDecider()
    server(listener, desk).answer(message, 0, PROXY, 5060)
    (attempt,) = desk.attempts
    return attempt


def answer_lines(message: bytes, listener: Listener | None = None, decision: Decision = ALLOW) -> list[str]:
    """Return the lines of the answer; none where there is none."""
    text, *_ = server(listener, FakeDecider(decision)).answer(message, 0, PROXY, 5060)
    return text.decode().split("\r\n") if text else []
