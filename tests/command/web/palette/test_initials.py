"""Chinese text is found by the initials of its pinyin."""

import pytest

from fanzha.command.web.palette.initials import initials


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("冒充客服退款", "mckftk"),
        ("电信诈骗", "dxzp"),
        ("中国银行", "zgyh"),
        ("重庆移动", "cqyd"),
        ("王婷", "wt"),
        ("中继 igw-01", "zji0"),
    ],
)
def test_a_text_has_the_initials_of_its_characters(text: str, expected: str) -> None:
    assert expected in initials(text)


def test_a_character_with_two_readings_counts_with_both() -> None:
    assert set(initials("银行")) == {"yh", "yx"}


def test_readings_of_a_long_text_are_limited() -> None:
    assert len(initials("行" * 40)) == 16


@pytest.mark.parametrize("text", ["", "Example Telecom", "12345", "•••"])
def test_a_text_without_chinese_has_none(text: str) -> None:
    assert initials(text) == ()


def test_a_character_without_a_known_reading_is_left_out() -> None:
    assert initials("中\u9fa5国") == ("zg",)
