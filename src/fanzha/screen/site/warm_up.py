"""Run everything compiled once before a process says that it is ready: compiling takes seconds, a call has none."""

import gc
import socket

from fanzha.claims import Finding
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import Attempt
from fanzha.screen.decider import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import Acts
from fanzha.screen.http.hash_ranges import NumberRanges
from fanzha.screen.live.rule_runner import load_rules
from fanzha.screen.overload import Overload
from fanzha.screen.settings import Acting, Trunk
from fanzha.screen.sip.batch import Batch
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import Repeats

#: New objects before a young collection, young ones before a middle one, middle ones before a full one.
THRESHOLD = (100_000, 20, 100)


def spare_what_is_loaded() -> None:
    """Collect once, then leave what is here now alone for good and look at newer things seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLD)


#: Rules that between them ask for every kind of window, twice over, and fire at an offer and at a wait.
_RULES = """
rule warm "" ""
  on call_offered
  when count(call_offered by caller, 1h) >= 1 and distinct(callee of call_offered by caller, 1h) >= 1
   and (class(caller) is known or max(talk_ms of call_ended by callee where answered, 2 days) > 1 s)
   and (hour(occurred_at) >= 0 or gap(call_offered by trunk, 1h) < 1 s or age(call_offered by callee, 3 days) < 1 s)
   and sum(count(call_offered by caller, 1h) of call_offered by callee where ingress = "voip", 1h) >= 0
  then find call score 0.1
rule warm_wait "" ""
  on call still talking 1 s
  when min(ring_ms of call_answered by callee, 1h) >= 0 s
  then find callee score 0.1
"""


def warm_rules() -> None:
    """Take a made-up call in, fire, explain, save, restore, hand over."""
    step = RuleStep(state=RuleState.LIVE, at=0, by="warm", why="warm")
    kept = LiveRules((LiveRule("warm", "", _RULES, step),))
    found = list[Finding]()
    running, after = (load_rules(kept, Allowlist(), bytes(32)) for _ in "ab")
    attempt = Attempt(1, "warm", "+8617000000001", "+8617000000002", "warm", "voip")
    running.offered(attempt, attempt.caller, attempt.callee)
    running.fact("call_answered", 2, {"call_id": "warm", "event_id": "w", "ring_ms": 1})
    after.restore(running.save())
    after.untold.to = found.append
    after.pass_time(10_000)
    after.fact("call_ended", 10_001, {"call_id": "warm", "answered": True, "talk_ms": 9_999})
    after.untold.tell_all()
    assert found, "a made-up call fires"


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
