"""A warning lures nobody, fits its channel, says what was seen and what to do, and is easy to read."""

import pytest

from fanzha.command.warnings.selectors import shipped_wording
from fanzha.command.warnings.services import fraud_types
from fanzha.command.warnings.wording_rules import CHANNELS, check_wording, is_allowed, measure_text, reading_grade

ZH, EN = "疑似诈骗，请挂断", "This may be fraud. Hang up."


@pytest.mark.parametrize(
    ("zh", "rule"),
    [
        ("疑似诈骗，请看 https://a.example/x", "link"),
        ("疑似诈骗，请看 fanzha.cn", "link"),
        ("疑似诈骗，请写信 a@b.example", "link"),
        ("疑似诈骗，请拨打 400-820 8820", "number"),
        ("疑似诈骗，请拨打９６１１０", "number"),
        ("疑似诈骗，请加QQ核实", "chat"),
        ("疑似诈骗，请加微信", "chat"),
        ("疑似诈骗，请扫码核实", "chat"),
        ("疑似诈骗，不挂断后果自负", "fear"),
        ("疑似诈骗，请立即挂断！！", "fear"),
        ("疑似诈骗，请挂断" + "再想一想" * 60, "length"),
        ("疑似诈骗而已", "act"),
        (" ", "empty"),
    ],
)
def test_a_text_that_breaks_a_rule_is_barred(zh: str, rule: str) -> None:
    breaches = check_wording("text", zh, EN)
    assert rule in {breach.rule for breach in breaches if breach.language == "zh"} and not is_allowed(breaches)


@pytest.mark.parametrize(
    ("en", "rule"),
    [("This may be fraud. Hang up or you lose everything.", "fear"), ("This may be fraud. See www.a.example", "link"),
     ("This may be fraud. Call +86 170 0000 0001.", "number"), ("This may be fraud indeed.", "act")],
)  # fmt: skip
def test_english_is_held_to_the_same_rules(en: str, rule: str) -> None:
    assert rule in {breach.rule for breach in check_wording("text", ZH, en) if breach.language == "en"}


def test_a_voice_call_may_name_the_anti_fraud_line_and_a_text_may_not() -> None:
    zh, en = "疑似诈骗，请挂断后自行拨打96110", "This may be fraud. Hang up and call 96110 yourself."
    assert is_allowed(check_wording("voice", zh, en)) and not is_allowed(check_wording("text", zh, en))


def test_what_is_hard_to_read_and_what_says_nothing_seen_are_hints() -> None:
    hard = "Verification of identification documentation necessitates consultation; call institutional authorities."
    breaches = check_wording("text", "请挂断" + "一" * 40, hard)
    assert {(breach.language, breach.rule) for breach in breaches} == {
        (language, rule) for language in ("zh", "en") for rule in ("reading", "seen")
    }
    assert is_allowed(breaches) and reading_grade(EN) < 3 and reading_grade("…") == 0


def test_the_size_is_counted_as_handsets_do() -> None:
    assert measure_text("字" * 70) == (70, 1) and measure_text("字" * 71) == (71, 2) and measure_text("😀").units == 2


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_shipped_words_keep_every_rule(channel: str) -> None:
    broken = {
        name: breaches
        for name in fraud_types()
        if not is_allowed(breaches := check_wording(channel, *shipped_wording(name, channel).words))
    }
    assert not broken
