"""Warming takes every way that a call may take, so that no call finds something not yet compiled."""

import gc
import subprocess
import sys
import time
import weakref

import pytest

from fanzha.screen.site.warm_up import THRESHOLD, freeze_loaded_objects, warm_up


def test_what_was_warmed_once_is_quick_the_next_time() -> None:
    warm_up()
    begun = time.process_time()
    warm_up()
    assert time.process_time() - begun < 1


SCRIPT = """
from fanzha.screen.site.warm_up import warm_up
warm_up()
from numba.core.dispatcher import Dispatcher
import gc
before = {id(one): len(one.signatures) for one in gc.get_objects() if isinstance(one, Dispatcher)}
from fanzha.claims.snapshot import LiveRule, LiveRules
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.claims.allowlist import Allowlist
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.live.rule_runner import load_rules
text = '''
rule other "" ""
  on call_offered
  when count(call_offered by callee where trunk = "T", 10 min) >= 2
   and mean(length(caller) of call_offered by trunk, 1h) > 1
  then find trunk score 0.5
'''
step = RuleStep(state=RuleState.LIVE, at=0, by="A", why="test")
rules = load_rules(LiveRules((LiveRule("other", "", text, step),)), Allowlist(), b"k")
rules.findings.sink = print
for at in range(3):
    rules.evaluate_call(CallAttempt(at, str(at), "alice", "+8617000000002", "T"), "", "+8617000000002")
rules.pass_time(9)
after = {id(one): len(one.signatures) for one in gc.get_objects() if isinstance(one, Dispatcher)}
print(*[count for one, count in after.items() if count != before.get(one, 0)])
"""


def test_after_warming_nothing_is_compiled_when_a_call_comes() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    *findings, compiled = done.stdout.splitlines()
    assert len(findings) == 1
    assert compiled == ""


class Thing:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def _restored_collector() -> object:
    """Restore the garbage collector after the test."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("_restored_collector")
def test_what_is_loaded_is_spared_and_what_comes_later_is_collected() -> None:
    loaded_thing = Thing()
    loaded = weakref.ref(loaded_thing)
    freeze_loaded_objects()
    assert gc.get_freeze_count() > 0 and gc.get_threshold() == THRESHOLD
    del loaded_thing
    later = weakref.ref(Thing())
    gc.collect()
    assert loaded() is not None and later() is None
