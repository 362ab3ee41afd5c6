"""A reader first sees the sentence of a finding, and of older findings title and measures without their limits."""

from fanzha.base.words import Words
from fanzha.claims.finding_summary import detail_reasons, summarize_finding

NONE = Words("", "")
RULE_ZH = (
    "规则 many_called（第 2 版）：呼叫多人",
    "最近 1h 内被叫数 = 31（条件：>= 30）",
    "最近 1h 内接通率 = 20%（条件：< 30%）",
    "最近 1h 内次数 = 40（条件：>= 30）",
    "若不满足“最近 1h 内次数 >= 30”，则不会命中。",
)
RULE_EN = (
    "Rule many_called, version 2: many called",
    "people called in the last 1h = 31 (limits: >= 30)",
    "share answered in the last 1h = 20% (limits: < 30%)",
    "calls in the last 1h = 40 (limits: >= 30)",
    "It would not have fired without: calls in the last 1h >= 30",
)


def test_the_sentence_of_a_finding_comes_first() -> None:
    sentence = Words("一小时内呼叫 31 人。", "Called 31 people within an hour.")
    assert summarize_finding(sentence, RULE_ZH, RULE_EN) == sentence


def test_a_rule_without_a_sentence_is_told_by_title_and_two_measures_without_limits() -> None:
    assert summarize_finding(NONE, RULE_ZH, RULE_EN) == Words(
        "呼叫多人：最近 1h 内被叫数 = 31；最近 1h 内接通率 = 20%",
        "many called: people called in the last 1h = 31; share answered in the last 1h = 20%",
    )


def test_other_findings_without_a_sentence_are_told_by_their_first_reason() -> None:
    assert summarize_finding(NONE, ("短信评分 0.9", "索要验证码"), ("scores 0.9", "asks for a code")) == Words(
        "短信评分 0.9", "scores 0.9"
    )
    assert summarize_finding(NONE, (), ()) == NONE


def test_details_do_not_repeat_the_summary() -> None:
    assert detail_reasons("first", ("first", "second")) == ("second",)
    assert detail_reasons("a sentence", ("first", "second")) == ("first", "second")
