"""Shares are said in whole percent, and nothing is called all that is not all."""

import pytest
from django.utils import translation

from fanzha.command.dashboards.formats import compact, money, percent


@pytest.mark.parametrize(("share", "text"), [(None, "–"), (0.0, "0%"), (0.666, "67%"), (0.999, "99%"), (1.0, "100%")])
def test_a_share_in_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [(0, "0元", "CN¥0"), (999_900, "9,999元", "CN¥9,999"), (1_234_560_000, "1,234.6万元", "CN¥12,345,600")],
)
def test_money_in_the_units_of_the_language(fen: int, zh: str, en: str) -> None:
    for language, text in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert money(fen) == text


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [(9_999, "9,999", "9,999"), (12_345, "1.2万", "12k"), (3_456_789, "346万", "3.5M"), (234_567_890, "2.3亿", "235M")],
)
def test_a_number_that_fits_on_a_tile(number: int, zh: str, en: str) -> None:
    for language, text in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert compact(number) == text
