"""Signs beside the words add to a text's odds; they never make a text suspect by themselves."""

import pytest

from fanzha.detect._text.weighing import Weigher

WEIGHER = Weigher()


def test_words_alone_keep_their_score() -> None:
    weighed = WEIGHER.weigh("明天一起吃饭吧", 0.3)
    assert weighed.score == pytest.approx(0.3)
    assert not weighed.has_signs


@pytest.mark.parametrize(
    "text",
    ["加微信 abcd_0000", "请致电19900001234", "见 http://ordinary.example/x", "【虚构科技】工商银行提醒您"],
)
def test_each_sign_adds_to_the_odds(text: str) -> None:
    weighed = WEIGHER.weigh(text, 0.3)
    assert weighed.has_signs
    assert 0.3 < weighed.score < 0.8


def test_a_link_that_imitates_a_brand_weighs_most_and_names_the_brand() -> None:
    weighed = WEIGHER.weigh("请登录 http://icbc-verify.example 激活", 0.3)
    assert weighed.imitates is not None and weighed.imitates.domain == "icbc.com.cn"
    assert weighed.score > 0.8


def test_a_brands_own_link_and_signature_are_no_signs_against_it() -> None:
    weighed = WEIGHER.weigh("【工商银行】请登录 https://www.icbc.com.cn 查询", 0.3)
    assert not weighed.signed_by_other
    assert not weighed.leads_elsewhere
    assert weighed.imitates is None


def test_a_brand_named_with_a_link_to_somewhere_else_is_seen() -> None:
    weighed = WEIGHER.weigh("中国工商银行提醒您登录 http://ordinary.example 办理", 0.3)
    assert weighed.leads_elsewhere
