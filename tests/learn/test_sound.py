"""Homophones sound alike, also spelt in Latin letters; what has no syllable stays."""

import pyarrow as pa
import pytest

from fanzha.learn.codes import code_points
from fanzha.learn.sound import FIRST_SYLLABLE, sound


def sounds(text: str) -> list[int]:
    return [int(code) for code in sound(code_points(pa.array([text]))).codes]


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("佰萬保彰", "百万保障"),
        ("薇信", "微信"),
        ("艳整码", "验证码"),
        ("兼直垫赞", "兼职点赞"),
        ("珍信", "征信"),
        ("征xin修复", "征信修复"),
        ("加weixin", "加微信"),
        ("积fen", "积分"),
    ],
)
def test_homophones_sound_alike(disguised: str, plain: str) -> None:
    assert sounds(disguised) == sounds(plain)
    assert min(sounds(plain)) > FIRST_SYLLABLE


@pytest.mark.parametrize(("first", "second"), [("贷款", "带路"), ("转账", "专业"), ("刷单", "刷卡")])
def test_other_words_sound_different(first: str, second: str) -> None:
    assert sounds(first) != sounds(second)


@pytest.mark.parametrize("text", ["see you", "app 12", "カード", "은행", "can", ""])
def test_what_has_no_syllable_stays(text: str) -> None:
    assert sounds(text) == [ord(sign) for sign in text]


def test_a_latin_word_that_spells_no_syllables_stays_beside_chinese() -> None:
    assert sounds("装app")[1:] == [ord(sign) for sign in "app"]


def test_each_text_of_a_column_is_its_own() -> None:
    codes = sound(code_points(pa.array(["我", "", "can我", None, "can"])))
    assert codes.offsets.tolist() == [0, 1, 1, 3, 3, 6]
