"""Compile and load everything before a process reports readiness, so that no call waits for it."""

import gc
import socket

from fanzha.claims import Finding
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.treatment import Treatment
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decider import Decider
from fanzha.screen.decision import Decision
from fanzha.screen.emergency import EmergencyCalls
from fanzha.screen.enforcement import TrunkEnforcement
from fanzha.screen.http.hash_ranges import NumberRanges
from fanzha.screen.live.rule_runner import load_rules
from fanzha.screen.overload import OverloadControl
from fanzha.screen.settings import EnforcementStep, TrunkSettings
from fanzha.screen.sip.batch import DatagramBatch
from fanzha.screen.sip.listener import Listener, TrunkHeader
from fanzha.screen.sip.redirect import RedirectServer
from fanzha.screen.sip.retransmissions import DecisionCache

#: Thresholds of the three generations of the garbage collector.
THRESHOLD = (100_000, 20, 100)


def freeze_loaded_objects() -> None:
    """Collect once, exclude all current objects from garbage collection, and collect rarely afterwards.

    A full collection of all loaded objects would delay calls by 0.2 seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLD)


#: Rules that use every kind of window twice and fire at an offer and at a wait.
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
    """Evaluate, explain, save and restore synthetic facts by temporary rules."""
    step = RuleStep(state=RuleState.LIVE, at=0, by="warm", why="warm")
    rules = LiveRules((LiveRule("warm", "", _RULES, step),))
    findings = list[Finding]()
    running, restored = (load_rules(rules, Allowlist(), bytes(32)) for _ in "ab")
    attempt = CallAttempt(1, "warm", "+8617000000001", "+8617000000002", "warm", "voip")
    running.evaluate_call(attempt, attempt.caller, attempt.callee)
    running.add_fact("call_answered", 2, {"call_id": "warm", "event_id": "w", "ring_ms": 1})
    restored.restore(running.save())
    restored.findings.sink = findings.append
    restored.pass_time(10_000)
    restored.add_fact("call_ended", 10_001, {"call_id": "warm", "answered": True, "talk_ms": 9_999})
    restored.findings.deliver_all()
    assert findings, "a made-up call fires"


#: Callers that cover every path of the compiled rules: abroad, home, short, disguised, no number.
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


def warm_up() -> None:
    """Read, decide and answer synthetic calls by temporary objects."""
    decider, acts = (
        Decider(EmergencyCalls()),
        TrunkEnforcement("warm", TrunkSettings(acts=EnforcementStep.REFUSE), bytes(32)),
    )

    def decide(attempt: CallAttempt) -> Decision:
        return decider.decide(decider.read(attempt._replace(ingress="international_gateway")), acts)

    def spill(attempt: CallAttempt, why: str) -> Decision:
        return Decision(Treatment.ALLOW)

    for protocol in ("udp", "tcp"):
        listener = Listener("warm", "127.0.0.1", protocol=protocol, trunk=TrunkHeader("X-Warm"))
        server = RedirectServer(listener, decide, DecisionCache(), OverloadControl(), spill=spill)
        for caller in CALLERS:
            text = _INVITE.format(caller=caller, protocol=protocol.upper()).replace("\n", "\r\n")
            answer = server.answer(text.encode(), 0, "127.0.0.1", 5060)[0]
            assert answer.startswith(b"SIP/2.0 "), "a made-up call is answered"
    near, far = socket.socketpair(type=socket.SOCK_DGRAM)
    with near, far:
        DatagramBatch(near, Listener("warm", "127.0.0.1"))
    NumberRanges()
    warm_rules()
