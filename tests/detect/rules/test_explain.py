"""A firing is told with its numbers to the investigator, kindly to a victim, and under the article of its rule."""

import msgspec
import pytest

from fanzha.claims import Finding
from fanzha.claims.rule_lifecycle import RuleState, RuleStep
from fanzha.detect import operator_rule
from fanzha.detect.rules.sample_facts import ABROAD, call, site_seen, text_messages
from fanzha.detect.testing import run_detector

LIVE = RuleStep(state=RuleState.LIVE, at=0, by="A", why="test")
LONG_TALK = """
rule first "先" "first"
  law "ATF Art. 13"
  on call_offered
  when count(call_offered by trunk, 1h) >= 99
  then find call score 0.5

rule long_talk "长谈" "long talk"
  law "ATF Art. 34"
  on call still talking 20 min
  when count(call_offered by callee, 1h) >= 1
  then find callee as victim_at_risk score 0.5
"""
TOLD_APART = """
rule told_apart "" ""
  on call_ended
  when distinct({value} of call_ended by callee, 1h) = 1
  then find call score 0.5
"""
COUNTED = """
rule counted "计数" "counted"
  on call_ended
  when count(call_ended by trunk, 1h) >= 2
  then find call score 0.5
"""
WRITTEN = """
rule written "文本" "written"
  on message
  when count(message by sender, 1h) >= 2 and channel = "port_sms"
  then find sender score 0.5
"""
COMPARED = """
rule compared "比较" "compared"
  on call_ended
  let calls = count(call_ended by trunk, 1h)
  let evidence = points(
    0.3 when calls >= 1,
    0.2 when calls < 9,
    0.1 when distinct(callee of call_ended by trunk, 1h) >= 80% * calls)
  when calls >= 1 and evidence >= 0.5
  then find call score evidence
"""
BY_THE_CLOCK = """
rule hourly "每小时" "hourly"
  on call_ended every 1h by callee
  when count(call_ended by callee, 24h) >= 1
  then find callee score 0.5 again after 1h
"""
FRESH = """
rule fresh "新域名" "fresh host"
  on message
  when min(occurred_at - registered_at of site_seen by host = link_host, 24h) < 30 days
   and mean(talk_ms of call_ended by callee = recipient, 24h) > 1 s
   and channel = "port_sms"
  then find sender score 0.5
"""


def of_a_long_talk(fraud_type: str) -> Finding:
    text = LONG_TALK.replace("victim_at_risk", fraud_type)
    (finding,) = run_detector(operator_rule(text, LIVE, {}), call("+12025550100", "+8617000000001", 0, talk_s=3_600))
    return finding


def test_a_victim_is_told_one_thing_to_do_kindly_and_without_numbers_even_by_an_operators_rule() -> None:
    finding = of_a_long_talk("victim_at_risk")
    assert "挂断" in finding.public_zh and "没有做错" in finding.public_zh
    assert "hang up" in finding.public_en and "nothing wrong" in finding.public_en
    assert not any(character.isdigit() for character in finding.public_zh + finding.public_en)


def test_anybody_else_is_told_of_the_check_and_of_the_appeal() -> None:
    finding = of_a_long_talk("other")
    assert "申诉" in finding.public_zh and "appeal" in finding.public_en


def test_the_article_is_that_of_the_rule_not_of_its_neighbours() -> None:
    assert of_a_long_talk("other").basis.startswith("ATF Art. 34")


@pytest.mark.parametrize(
    ("days_old", "talk_s", "expected"),
    [(20, 90, ("20 days", "90 s")), (1.5, 1_500, ("36 h", "25 min")), (0.25, 5, ("360 min", "5 s"))],
)
def test_durations_and_ages_carry_their_unit(days_old: float, talk_s: float, expected: tuple[str, str]) -> None:
    recipient = "+8617000300000"
    sent = text_messages(
        "1069000012345", 1, text="http://renzheng.example", start_s=3_600, first_recipient=17_000_300_000
    )
    seen = site_seen("renzheng.example", days_old=days_old, at_s=3_000)
    talk = call("+8617000000001", recipient, 0, talk_s=talk_s, proven=True)
    said = " ".join(run_detector(operator_rule(FRESH, LIVE, {}), talk, [seen], sent)[0].reasons_en)
    assert all(f"= {words} " in said for words in expected), said


@pytest.mark.parametrize(("value", "shown"), [("talk_ms", 3_600_000), ("callee", "+8617000000001")])
def test_what_was_told_apart_is_shown_as_it_is_text_or_number(value: str, shown: object) -> None:
    rule = operator_rule(TOLD_APART.format(value=value), LIVE, {})
    (finding,) = run_detector(rule, call("+12025550100", "+8617000000001", 0, talk_s=3_600))
    (window,) = msgspec.json.decode(finding.evidence)["windows"]
    assert [event["value"] for event in window["events"]] == [shown]


def test_a_window_is_said_once_with_all_its_limits_and_windows_that_are_compared_are_marked() -> None:
    (finding,) = run_detector(operator_rule(COMPARED, LIVE, {}), call("+12025550100", "+8617000000001", 0, **ABROAD))
    ended = "“call ended” events with the same trunk in the last 1h"
    assert finding.reasons_en == (
        "Rule compared, version 1: compared",
        f"number of {ended} = 1 (limits: >= 1 +0.3; < 9 +0.2)",
        f"① different values of callee among {ended} = 1; ② number of {ended} = 1 (limits: ① >= 80% * ② +0.1)",
        f"It would not have fired without: number of {ended} >= 1",
    )
    assert finding.reasons_zh[1] == "最近 1h 内同一中继的呼叫结束次数 = 1（条件：>= 1 +0.3；< 9 +0.2）"
    assert finding.reasons_zh[-1] == "若不满足“最近 1h 内同一中继的呼叫结束次数 >= 1”，则不会命中。"


def test_counted_calls_tell_who_called_whom_and_how_long() -> None:
    rule = operator_rule(COUNTED, LIVE, {})
    first = call("+12025550100", "+8617000000001", 0, talk_s=60, **ABROAD)
    second = call("+12025550101", "+8617000000002", 300, **ABROAD)
    (finding,) = run_detector(rule, first, second)
    (window,) = msgspec.json.decode(finding.evidence)["windows"]
    told = [(event["caller"], event["callee"], event.get("talk_ms")) for event in window["events"]]
    assert told == [("+12025550100", "+8617000000001", 60_000), ("+12025550101", "+8617000000002", None)]
    assert list(finding.event_ids) == [event["event_id"] for event in window["events"]]


def test_counted_texts_tell_sender_and_recipient() -> None:
    (finding,) = run_detector(operator_rule(WRITTEN, LIVE, {}), text_messages("1069000012345", 2, text="x", step=1))
    (window,) = msgspec.json.decode(finding.evidence)["windows"]
    assert [(event["sender"], event["recipient"]) for event in window["events"]] == [
        ("1069000012345", "+8617000300000"),
        ("1069000012345", "+8617000300001"),
    ]


def test_findings_of_several_ticks_after_one_event_have_ids_of_their_own() -> None:
    rows = (
        *call("+8617000000009", "+8617000000001", 0, talk_s=60),
        *call("+8617000000009", "+8617000000002", 5 * 3_600, talk_s=60),
    )
    found = run_detector(operator_rule(BY_THE_CLOCK, LIVE, {}), rows)
    assert len(found) > 3 and len({finding.finding_id for finding in found}) == len(found)
    assert all(finding.event_ids[-1].endswith(f"@{finding.found_at}") for finding in found)
