"""Run all that rules compile once, by rules that are thrown away: compiling takes seconds, and a call has none."""

from fanzha.claims import Finding
from fanzha.claims.allowlist import Allowlist
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.screen.attempt import Attempt
from fanzha.screen.live.opened import opened

#: Rules that between them ask for every kind of window, twice over, and fire at an offer and at a wait.
_TEXT = """
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


def warm() -> None:
    """Take a made-up call in, fire, explain, save, restore, hand over."""
    step = RuleStep(state=RuleState.LIVE, at=0, by="warm", why="warm")
    kept = LiveRules((LiveRule("warm", "", _TEXT, step),))
    found = list[Finding]()
    running, after = (opened(kept, Allowlist(), bytes(32)) for _ in "ab")
    attempt = Attempt(1, "warm", "+8617000000001", "+8617000000002", "warm", "voip")
    running.offered(attempt, attempt.caller, attempt.callee)
    running.fact("call_answered", 2, {"call_id": "warm", "event_id": "w", "ring_ms": 1})
    after.restore(running.save())
    after.untold.to = found.append
    after.pass_time(10_000)
    after.fact("call_ended", 10_001, {"call_id": "warm", "answered": True, "talk_ms": 9_999})
    after.untold.tell_all()
    assert found, "a made-up call fires"
