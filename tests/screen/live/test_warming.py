"""After warming nothing is left to compile when a call comes."""

import subprocess
import sys

SCRIPT = """
from fanzha.screen.live.warming import warm
warm()
from numba.core.dispatcher import Dispatcher
import gc
before = {id(one): len(one.signatures) for one in gc.get_objects() if isinstance(one, Dispatcher)}
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.allowlist import Allowlist
from fanzha.screen.attempt import Attempt
from fanzha.screen.live.opened import opened
text = '''
rule other "" ""
  on call_offered
  when count(call_offered by callee where trunk = "T", 10 min) >= 2
   and mean(length(caller) of call_offered by trunk, 1h) > 1
  then find trunk score 0.5
'''
step = RuleStep(state=RuleState.LIVE, at=0, by="A", why="test")
rules = opened(LiveRules((LiveRule("other", "", text, step),)), Allowlist(), b"k")
rules.untold.to = print
for at in range(3):
    rules.offered(Attempt(at, str(at), "alice", "+8617000000002", "T"), "", "+8617000000002")
rules.pass_time(9)
after = {id(one): len(one.signatures) for one in gc.get_objects() if isinstance(one, Dispatcher)}
print(*[count for one, count in after.items() if count != before.get(one, 0)])
"""


def test_after_warming_nothing_is_compiled_when_a_call_comes() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    *findings, compiled = done.stdout.splitlines()
    assert len(findings) == 1
    assert compiled == ""
