"""Single facts decide the same as event tables."""

from fanzha.rules import check, parse
from fanzha.rules.live import Live

BURST = """
rule burst "" ""
  on call_offered
  when count(call_offered by caller, 1h) >= 3
  then find caller_or_trunk score 0.7
"""


def test_a_rule_fires_at_the_fact_at_which_its_limit_is_reached() -> None:
    live = Live(check(parse(BURST)).rules)
    fired = [live.offered(at, {"call_id": str(at), "caller": "+8617000000001"}) for at in range(1, 5)]
    assert [[one.rule.name for one in found] for found in fired] == [[], [], ["burst"], ["burst"]]
