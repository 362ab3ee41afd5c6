"""Rejects show what was there, but not whose: long numbers are masked, texts are cut, control signs are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.words import Words
from fanzha.read._rejects import UnreadableSource, make_reject, mask_value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("13800138000", "138******00"), ("+86 13800138000x", "+86 138******00x"), ("123456", "123456"), (None, ""),
        (1.5, "1.5"), ("a\nb\x1b[31m", "a b [31m"), ("9f" * 16, "9f" * 16), ("9f" * 16 + "-o", "9f" * 16 + "-o"),
    ],
)  # fmt: skip
def test_values_are_masked(value: object, text: str) -> None:
    assert mask_value(value) == text


@given(st.text(max_size=500))
def test_no_value_is_long_or_shows_a_long_number(value: str) -> None:
    text = mask_value(value)
    assert len(text) <= 80 and text.isprintable()
    digits = max((len(run) for run in "".join(c if c in "0123456789" else " " for c in text).split()), default=0)
    assert digits < 7 or len(text) in (32, 34)


def test_a_reject_says_where_and_why_in_both_languages() -> None:
    one = make_reject("f.csv", 7, "主叫", Words("不是号码", "not a number"), "13800138000")
    assert (one.file, one.row, one.column, one.reason, one.reason_zh, one.value) == (
        "f.csv", 7, "主叫", "not a number", "不是号码", "138******00",
    )  # fmt: skip
    assert UnreadableSource(Words("坏", "bad"), 3).reason == "bad"
