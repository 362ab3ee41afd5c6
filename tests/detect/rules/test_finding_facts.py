"""Rules read what other rules found: findings of days add up, also of rules that only note."""

import pytest

from fanzha.base.words import Words
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.detect import Example, RuleDetector, operator_rule
from fanzha.detect.rules.sample_facts import AT_HOME, Row, call, outgoing_calls
from fanzha.detect.testing.checks import check_example, report_findings, run_detector
from fanzha.rules import RuleError

STEP = RuleStep(state=RuleState.SHADOW, at=0, by="A", why="test")
CALLER = "+8617000000071"
HOUR_S, DAY_S = 3_600, 86_400
TEXT = """
rule several_strangers "一小时呼叫多个号码" "several numbers called within an hour"
  on call_ended
  when proven_caller is known and distinct(callee of call_ended by proven_caller, 1h) >= 3
  then note proven_caller as subscriber_fraud score 0.3

rule on_several_days "连日呼叫多个号码" "several numbers called on several days"
  on finding
  when rule_name = "several_strangers" and sum(percent of finding by number, 10 days) >= 60
  then find number as subscriber_fraud score 0.7

rule in_one_cell "同一小区多机呼叫" "phones of one cell call several numbers"
  on finding
  when noted and distinct(number of finding by cell, 24h) >= 2
  then find number as subscriber_fraud score 0.6
"""


def detector(text: str = TEXT) -> RuleDetector:
    return operator_rule(text, STEP, {})


def some_calls(day: float, caller: str = CALLER, cell: str = AT_HOME["cell"]) -> tuple[Row, ...]:
    """Return three calls within an hour on a day."""
    return outgoing_calls(caller, 3, every_s=600, start_s=day * DAY_S, **{**AT_HOME, "cell": cell})


def test_noted_findings_of_days_add_up_and_are_no_findings_themselves() -> None:
    assert report_findings(detector(), some_calls(0)) == []
    found = report_findings(detector(), some_calls(0), some_calls(2))
    assert [(one.rule, one.kind, one.subject) for one in found] == [("on_several_days", "phone_number", CALLER)]
    assert report_findings(detector(), some_calls(0), some_calls(12)) == []


def test_a_finding_has_the_cell_of_its_event() -> None:
    others = "+8617000000072"
    assert [one.rule for one in report_findings(detector(), some_calls(0), some_calls(0, others))] == ["in_one_cell"]
    assert report_findings(detector(), some_calls(0), some_calls(0, others, "460-00-2100-00002")) == []


def test_findings_that_people_see_are_facts_as_well() -> None:
    text = TEXT.replace("then note", "then find")
    assert {one.rule for one in report_findings(detector(text), some_calls(0), some_calls(2))} == {
        "several_strangers",
        "on_several_days",
    }


def test_a_session_that_is_saved_after_each_event_finds_the_same() -> None:
    rows = (*some_calls(0), *some_calls(2), *some_calls(2, "+8617000000072"))
    finds = tuple({"subject": subject} for subject in (CALLER, "+8617000000072"))
    check_example(detector(), Example(Words("连日", "days"), "", rows, finds))


def test_the_evidence_names_the_noted_findings_and_when_they_were() -> None:
    (found,) = run_detector(detector(), some_calls(0), some_calls(2))
    assert "on_several_days" in found.evidence and len(found.event_ids) == 2
    assert found.simulated and found.subject == CALLER


def test_a_rule_may_read_findings_at_an_event() -> None:
    text = TEXT + (
        "\nrule called_again\n  on call_ended\n"
        "  when answered and count(finding by number = proven_caller where noted, 7 days) >= 1\n"
        "  then find proven_caller as subscriber_fraud score 0.5\n"
    )
    later = tuple(call(CALLER, "+8617000100001", DAY_S, talk_s=60, **AT_HOME))
    assert [one.rule for one in report_findings(detector(text), some_calls(0), later)] == ["called_again"]


def test_findings_of_rules_that_read_findings_are_facts_for_no_rule() -> None:
    text = TEXT + (
        "\nrule of_the_second\n  on finding\n"
        '  when rule_name = "on_several_days"\n'
        "  then find number as subscriber_fraud score 0.5\n"
    )
    found = report_findings(detector(text), some_calls(0), some_calls(2))
    assert [one.rule for one in found] == ["on_several_days"]


def test_only_find_and_note_follow_then() -> None:
    with pytest.raises(RuleError, match="find"):
        detector(TEXT.replace("then note", "then mark"))
