"""Signs beside the words add to a text's odds; they never make a text suspect by themselves."""

import pytest

from fanzha.detect._text.scoring import TextScorer

SCORER = TextScorer()


def test_words_alone_keep_their_score() -> None:
    scored = SCORER.score("明天一起吃饭吧", 0.3)
    assert scored.score == pytest.approx(0.3)
    assert not scored.has_signs


@pytest.mark.parametrize(
    "text",
    ["加微信 abcd_0000", "请致电19900001234", "见 http://ordinary.example/x", "【虚构科技】工商银行提醒您"],
)
def test_each_sign_adds_to_the_odds(text: str) -> None:
    scored = SCORER.score(text, 0.3)
    assert scored.has_signs
    assert 0.3 < scored.score < 0.8


def test_a_link_that_imitates_a_brand_weighs_most_and_names_the_brand() -> None:
    scored = SCORER.score("请登录 http://icbc-verify.example 激活", 0.3)
    assert scored.imitates is not None and scored.imitates.domain == "icbc.com.cn"
    assert scored.score > 0.8


def test_a_brands_own_link_and_signature_are_no_signs_against_it() -> None:
    scored = SCORER.score("【工商银行】请登录 https://www.icbc.com.cn 查询", 0.3)
    assert not scored.signed_by_other
    assert not scored.leads_elsewhere
    assert scored.imitates is None


def test_a_brand_named_with_a_link_to_somewhere_else_is_seen() -> None:
    scored = SCORER.score("中国工商银行提醒您登录 http://ordinary.example 办理", 0.3)
    assert scored.leads_elsewhere
