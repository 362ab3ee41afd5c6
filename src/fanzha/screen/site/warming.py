"""Run everything compiled once before a process says that it is ready: compiling takes seconds, a call has none."""

import socket

from fanzha.claims.treatment import Treatment
from fanzha.screen.acting import Acts
from fanzha.screen.attempt import Attempt
from fanzha.screen.decide import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.http.number_ranges import NumberRanges
from fanzha.screen.live.warming import warm as warm_rules
from fanzha.screen.overload import Overload
from fanzha.screen.settings import Acting, Trunk
from fanzha.screen.sip.batch import Batch
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.repeats import Repeats

#: Callers that take every way through the compiled rules: abroad, home, short, disguised, no number.
CALLERS = ("+12125550100", "+8617000000001", "95588", "+8610110", "01000000000", "anonymous")

_INVITE = """INVITE sip:+8617000000900@127.0.0.1 SIP/2.0
Via: SIP/2.0/{protocol} 127.0.0.1:5060;branch=z9hG4bKwarm;rport
Max-Forwards: 70
From: <sip:{caller}@127.0.0.1>;tag=warm
To: <sip:+8617000000900@127.0.0.1>
Call-ID: warm
CSeq: 1 INVITE
X-Warm: warm
Content-Length: 0

"""


def warm() -> None:
    """Read, decide and answer made-up calls by parts that are thrown away."""
    decider, acts = Decider(EmergencyCalls()), Acts("warm", Trunk(acts=Acting.REFUSE), bytes(32))

    def decide(attempt: Attempt) -> Decision:
        return decider.decide(decider.read(attempt._replace(ingress="international_gateway")), acts)

    def spill(attempt: Attempt, why: str) -> Decision:
        return Decision(Treatment.ALLOW)

    for protocol in ("udp", "tcp"):
        listener = Listener("warm", "127.0.0.1", protocol=protocol, trunk=TrunkHeader("X-Warm"))
        server = RedirectServer(listener, decide, Repeats(), Overload(), spill=spill)
        for caller in CALLERS:
            text = _INVITE.format(caller=caller, protocol=protocol.upper()).replace("\n", "\r\n")
            answer = server.answer(text.encode(), 0, "127.0.0.1", 5060)[0]
            assert answer.startswith(b"SIP/2.0 "), "a made-up call is answered"
    near, far = socket.socketpair(type=socket.SOCK_DGRAM)
    with near, far:
        Batch(near, Listener("warm", "127.0.0.1"))
    NumberRanges()
    warm_rules()
