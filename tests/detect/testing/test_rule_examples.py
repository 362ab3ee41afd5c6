"""Examples of a rule text are run alone, with the events of calls that their facts imply."""

import re
from pathlib import Path

import pytest

from fanzha.base.words import Words
from fanzha.detect.testing.rule_examples import example_rows, run_rule_examples
from fanzha.rules import check, parse

RULE = """
rule many_unanswered "大量无人接听" "many unanswered"
  on call_ended
  when count(call_ended by caller where not answered, 1h) >= 20
  except trunk in spared_trunks
  then find trunk score 0.6
  example "二十五次" "25" finds "TG-1"
    25 call_ended every 1 min with caller = "+8617000000001", callee = "+861700010{n}", trunk = "TG-1", answered = false
  example "免扰" "spared" finds "TG-2"
    25 call_ended every 1 min with caller = "+8617000000001", trunk = "TG-2", answered = false
  example finds nothing
    25 call_ended every 1 min with caller = "+861700010{n}", trunk = "TG-1", answered = false

rule night_text "夜间短信" "text by night"
  on message
  when hour(occurred_at) = 3 and text contains "转账" and count(call_ended by callee = recipient where answered, 1h) = 1
  then find recipient as victim_at_risk score 0.5
  example "来电后的夜间短信" "by night, after a call" finds "+8617000000009"
    call_ended at 19h with callee = "+8617000000009", caller = "10086", answered = true, talk_ms = 3 min
    message at 1150 min with recipient = "+8617000000009", text = "请转账"
"""


def test_each_example_gives_what_its_own_rule_finds_in_it() -> None:
    results = run_rule_examples(RULE, {"spared_trunks": ("TG-2",)})
    assert [(result.rule, result.title.en, result.expected, result.found) for result in results] == [
        ("many_unanswered", "25", ("TG-1",), ("TG-1",)),
        ("many_unanswered", "spared", ("TG-2",), ()),
        ("many_unanswered", "many_unanswered", (), ()),
        ("night_text", "by night, after a call", ("+8617000000009",), ("+8617000000009",)),
    ]
    assert [result.passed for result in results] == [True, False, True, True]


def test_a_fact_of_a_call_brings_its_offer_and_answer_at_the_times_that_it_names() -> None:
    facts = parse(RULE).rules[1].examples[0].facts[0]
    rows = list(example_rows(facts, "c"))
    assert [(row["table"], row["call_id"]) for row in rows] == [
        ("call_offered", "c-1"),
        ("call_answered", "c-1"),
        ("call_ended", "c-1"),
    ]
    moments = [int(str(row["occurred_at"])) for row in rows]
    assert [moment - moments[0] for moment in moments] == [0, 3_000, 183_000]
    assert rows[0]["caller"] == "10086" and "caller" not in rows[2]


NOTED = """
rule many_called "呼叫多人（记录）" "many called (noted)"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 1h)
  when callees >= 3
  then note proven_caller score 0.5
  sentence "一小时内呼叫 {callees} 人。" "Called {callees|person|people} within an hour."
  example "三人" "three" finds "+8617000000001"
    3 call_ended with proven_caller = "+8617000000001", callee = "+861700010{n}"

rule called_for_days "连日呼叫多人" "many called for days"
  on finding
  when rule_name = "many_called" and count(finding by number, 10 days) >= 2
  then find number score 0.7
  example "两日" "two days" finds "+8617000000001"
    3 call_ended with proven_caller = "+8617000000001", callee = "+861700010{n}"
    3 call_ended at 25h with proven_caller = "+8617000000001", callee = "+861700010{n}"
  example "一日" "one day" finds nothing
    3 call_ended with proven_caller = "+8617000000001", callee = "+861700010{n}"
"""


def test_examples_cover_what_a_rule_notes_and_rules_that_read_findings() -> None:
    results = run_rule_examples(NOTED, {})
    assert [(result.rule, result.found, result.passed) for result in results] == [
        ("many_called", ("+8617000000001",), True),
        ("called_for_days", ("+8617000000001",), True),
        ("called_for_days", (), True),
    ]
    assert results[0].sentences == (Words("一小时内呼叫 3 人。", "Called 3 people within an hour."),)
    assert results[1].sentences == ()


SAID = """
rule many_called "呼叫多人" "many called"
  on call_ended
  let callees = distinct(callee of call_ended by proven_caller, 1h)
  when callees >= 3
  then find proven_caller score 0.5
  sentence "一小时内呼叫 {callees} 人。" "Called {callees|person|people} within an hour."
  example "三人" "three" finds "+8617000000001"
    says "一小时内呼叫 3 人。" "Called 3 people within an hour."
    3 call_ended with proven_caller = "+8617000000001", callee = "+861700010{n}"
  example "另一句" "another sentence" finds "+8617000000001"
    says "一小时内呼叫 3 人。" "Called 4 people within an hour."
    3 call_ended with proven_caller = "+8617000000001", callee = "+861700010{n}"
"""


def test_an_example_fails_where_the_rule_says_something_else_of_those_found() -> None:
    right, wrong = run_rule_examples(SAID, {})
    assert right.passed and not wrong.passed and wrong.expected == wrong.found
    assert wrong.other_sentences == (Words("一小时内呼叫 3 人。", "Called 3 people within an hour."),)


PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "sentences-as-rules.md"
TEXTS = re.findall(r"^```rule\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)


@pytest.mark.parametrize("text", TEXTS, ids=[text.split()[text.split().index("rule") + 1] for text in TEXTS])
def test_every_sentence_of_analysts_finds_what_its_examples_name_and_warns_of_nothing(text: str) -> None:
    results = run_rule_examples(text, {})
    assert {bool(result.expected) for result in results} == {True, False}
    assert [(result.title.en, result.found) for result in results if not result.passed] == []
    assert {warning.code for warning in check(parse(text)).warnings} <= {"W302"}


def test_there_are_twenty_two_sentences() -> None:
    assert len(TEXTS) == 22
