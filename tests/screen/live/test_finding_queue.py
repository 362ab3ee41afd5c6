"""Findings wait until no call does, and none is lost to how many there are."""

from tests.rules.facts import START
from tests.screen.live.test_rule_runner import BURST, TWO, call, detector, make_runner, offer

from fanzha.claims import Finding


def test_who_follows_tells_nobody_and_tells_what_is_fresh_when_it_leads() -> None:
    rules, found = make_runner(), list[Finding]()
    rules.untold.to = None
    for at in range(3):
        offer(rules, call(at))
    rules.pass_time(START + 9_000)
    assert (len(rules.untold), found) == (1, [])
    rules.untold.to = found.append
    rules.pass_time(START + 9_100)
    assert (len(rules.untold), len(found)) == (0, 1)
    rules.untold.to = None
    for at in range(3):
        offer(rules, call(20_000 + at, TWO, trunk="TG-2"))
    rules.pass_time(START + 40_000)
    assert len(rules.untold) == 0


def test_when_too_much_fires_findings_are_told_without_evidence_and_none_is_lost() -> None:
    rules, found = (
        make_runner(detector(BURST.replace(">= 3", ">= 1").replace("caller_or_trunk", "call"))),
        list[Finding](),
    )
    rules.untold.to = found.append
    for at in range(1_030):
        offer(rules, call(at))
    assert len(found) == rules.untold.unexplained == 30
    assert all("Too many" in one.reasons_en[-1] or "too many" in one.reasons_en[-1] for one in found)
    rules.untold.tell_all()
    assert [one.subject for one in found] == [f"c{at}" for at in range(1_030)]
