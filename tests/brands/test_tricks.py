"""A match is explained in both languages with brand, trick and how close it is."""

import pyarrow as pa
import pytest

from fanzha.brands.match import Matcher
from fanzha.brands.tricks import TRICKS, explain, trick_of


def test_reason_carries_name_brand_trick_and_distance(matcher: Matcher) -> None:
    words = explain(matcher.match(pa.array(["pinduduo.com"])), 0)
    assert words.zh == "pinduduo.com 仿冒 拼多多（pinduoduo.com）：漏写字母，与9个字母的名称相差1处"
    assert (
        words.en
        == "pinduduo.com imitates Pinduoduo (pinduoduo.com): letter left out, 1 edit(s) from a name of 9 letters"
    )


def test_reason_shows_an_international_name_as_browsers_do(matcher: Matcher) -> None:
    assert "аррӏе.com" in explain(matcher.match(pa.array(["xn--80ak6aa92e.com"])), 0).en


def test_nothing_matched_has_no_reason(matcher: Matcher) -> None:
    with pytest.raises(ValueError, match="nothing was matched"):
        explain(matcher.match(pa.array(["example.com"])), 0)


def test_every_trick_is_named_in_both_languages(matcher: Matcher) -> None:
    assert all(words.zh and words.en for words in TRICKS.values())
    assert trick_of(matcher.match(pa.array(["taobao.top"])), 0) in TRICKS
