"""Rule detectors tell each firing once, in the mode that life, budget and spared list allow, however they are fed."""

import msgspec
import pytest
from tests.rules.facts import HOUR, START, calls

from fanzha.base.errors import UsageError
from fanzha.claims import Finding, Mode
from fanzha.claims.allowlist import Allowlist, AllowlistEntry, OriginKind
from fanzha.claims.budget import Budget
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.detect import RuleDetector, operator_rule
from fanzha.detect.rules.governance import Governance
from fanzha.detect.rules.session import RuleSession

TEXT = """
rule burst "群呼" "burst"
  law "ATF Art. 20"
  on call_ended
  when count(call_ended by caller, 1h) >= 3
  then find caller_or_trunk as other score 0.7
  again after 2h
"""
#: Asks for few calls as well, so that it waits until its window is complete.
WAITING_TEXT = TEXT.replace(">= 3", ">= 3 and count(call_ended by caller, 1h) < 5000")


def burst(state: RuleState = RuleState.LIVE, share: float = 0.0, text: str = TEXT) -> RuleDetector:
    return operator_rule(text, RuleStep(state=state, share=share, at=0, by="A", why="test"), {})


def told(detector: RuleDetector, governance: Governance | None = None, *, minutes: int = 1) -> list[Finding]:
    session = RuleSession((detector,), governance=governance)
    for table, events in calls(200 // minutes, every=minutes * 60_000).items():
        session.feed(table, events)
    return [*session.settle(START + HOUR), *session.finish()]


def test_a_subject_is_told_once_in_the_quiet_time_and_again_after_it() -> None:
    findings = told(burst())
    assert [(finding.subject_kind, finding.subject) for finding in findings] == [("trunk", "TG-1")] * 2
    assert findings[1].found_at - findings[0].found_at == 2 * HOUR


def test_a_finding_says_rule_values_and_events_to_the_investigator_and_no_limit_to_the_public() -> None:
    finding = told(burst())[0]
    evidence = msgspec.json.decode(finding.evidence)
    assert evidence["rule"] == "burst"
    (window,) = evidence["windows"]
    assert evidence["conditions"][0]["windows"] == [window["window"]]
    assert window["value"] == 3
    assert [event["event_id"].split("-")[1] for event in window["events"]] == ["c0", "c1", "c2"]
    assert list(finding.event_ids) == [event["event_id"] for event in window["events"]]  # the last is the trigger
    assert any("3" in reason for reason in finding.reasons_zh)
    assert "3" not in finding.public_zh + finding.public_en
    assert finding.basis.startswith("ATF Art. 20")
    assert (finding.ingress, finding.service, finding.simulated) == ("voip", "voice", True)


def test_only_a_live_rule_with_warm_windows_may_act() -> None:
    assert {finding.mode for finding in told(burst())} == {Mode.LIVE}
    waiting = told(burst(text=WAITING_TEXT))
    assert [finding.mode for finding in waiting] == [Mode.SHADOW, Mode.LIVE]  # the first is within the first hour
    assert {finding.mode for finding in told(burst(RuleState.SHADOW))} == {Mode.SHADOW}
    shared = told(burst(RuleState.SHARE, 1.0, WAITING_TEXT))
    assert [finding.mode for finding in shared] == [Mode.SHADOW, Mode.LIVE]
    assert {finding.mode for finding in told(burst(RuleState.SHARE, 0.0))} == {Mode.SHADOW}


def test_over_its_budget_a_rule_only_reports_and_the_run_notes_it() -> None:
    session = RuleSession((burst(),), governance=Governance(default=Budget(subjects_an_hour=0)))
    for table, events in calls(200).items():
        session.feed(table, events)
    findings = list(session.finish())
    assert {finding.mode for finding in findings} == {Mode.SHADOW}
    assert "budget" in findings[-1].reasons_en[-1]
    assert len(list(session.notes())) == len(findings)


@pytest.mark.parametrize(("share", "mode"), [(0.5, Mode.LIVE), (0.0, Mode.LIVE)])
def test_a_share_of_a_trunk_is_measured_by_its_calls(share: float, mode: Mode) -> None:
    findings = told(burst(), Governance(default=Budget(share_of_trunk=share)))
    assert findings[-1].mode is mode  # one is always free
    text = TEXT.replace("again after 2h", "again after 1 ms")
    many = told(burst(text=text), Governance(default=Budget(share_of_trunk=share)))
    acting = sum(finding.mode is Mode.LIVE for finding in many)
    assert acting > 40 if share else acting <= 4


def test_a_spared_number_from_its_proven_origin_is_only_reported() -> None:
    entry = AllowlistEntry("+8617000000001", OriginKind.TRUNK, "TG-1", "a hospital", "a contract")
    assert {finding.mode for finding in told(burst(), Governance(spared=Allowlist([entry])))} == {Mode.SHADOW}
    elsewhere = entry._replace(origin="TG-2")
    assert Mode.LIVE in {finding.mode for finding in told(burst(), Governance(spared=Allowlist([elsewhere])))}


@pytest.mark.parametrize("cut", [1, 7, 60])
def test_findings_do_not_depend_on_how_events_are_fed_or_where_the_run_stopped(cut: int) -> None:
    whole, tables = told(burst()), calls(200)
    session = RuleSession((burst(),))
    findings: list[Finding] = []
    for minute in range(0, 201, cut):
        until = START + minute * 60_000
        for table, events in tables.items():
            moments = events.column("occurred_at").to_numpy()
            low, high = (int((moments < at).sum()) for at in (until - cut * 60_000, until))
            session.feed(table, events.slice(low, high - low))
        findings += session.settle(until)
        session = RuleSession((burst(),), session.save())
    for table, events in tables.items():
        rest = int((events.column("occurred_at").to_numpy() < until).sum())
        session.feed(table, events.slice(rest))
    assert [*findings, *session.finish()] == whole


def test_two_texts_with_other_values_under_one_list_name_are_told() -> None:
    texts = [
        f'list own = "{n}"\n{TEXT}'.replace("burst", f"burst{n}", 1).replace(">= 3", ">= 3 and caller not in own")
        for n in (1, 2)
    ]
    with pytest.raises(UsageError, match="own"):
        RuleSession([burst(text=text) for text in texts])
