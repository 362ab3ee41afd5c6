"""Findings wait until no call does, and none is lost to how many there are."""

from tests.rules.facts import START
from tests.screen.live.test_rule_runner import BURST, TWO, call, detector, make_runner, offer

from fanzha.claims import Finding


def test_who_follows_tells_nobody_and_tells_what_is_fresh_when_it_leads() -> None:
    rules, findings = make_runner(), list[Finding]()
    rules.findings.sink = None
    for at in range(3):
        offer(rules, call(at))
    rules.pass_time(START + 9_000)
    assert (len(rules.findings), findings) == (1, [])
    rules.findings.sink = findings.append
    rules.pass_time(START + 9_100)
    assert (len(rules.findings), len(findings)) == (0, 1)
    rules.findings.sink = None
    for at in range(3):
        offer(rules, call(20_000 + at, TWO, trunk="TG-2"))
    rules.pass_time(START + 40_000)
    assert len(rules.findings) == 0


def test_when_too_much_fires_findings_are_told_without_evidence_and_none_is_lost() -> None:
    rules, findings = (
        make_runner(detector(BURST.replace(">= 3", ">= 1").replace("caller_or_trunk", "call"))),
        list[Finding](),
    )
    rules.findings.sink = findings.append
    for at in range(1_030):
        offer(rules, call(at))
    assert len(findings) == rules.findings.unexplained == 30
    assert all("Too many" in finding.reasons_en[-1] or "too many" in finding.reasons_en[-1] for finding in findings)
    rules.findings.deliver_all()
    assert [finding.subject for finding in findings] == [f"c{at}" for at in range(1_030)]
