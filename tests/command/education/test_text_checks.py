"""A text with personal data or a real number is not submitted; a hard one is, with a warning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.command.education.models import EducationItem, EducationVersion
from fanzha.command.education.reading_level import ReadingLevel
from fanzha.command.education.text_checks import find_faults, find_private, find_warnings

TEXTS = {"title_zh": "标题", "title_en": "Title", "body_zh": "正文。", "body_en": "Text."}


def faults(kind: str = "column", teaches: str = "", **texts: str) -> list[str]:
    item = EducationItem(kind=kind, teaches=teaches)
    return [words.en for words in find_faults(item, EducationVersion(item=item, number=1, **(TEXTS | texts)))]


@pytest.mark.parametrize(
    "text",
    [
        "Call 17000000088.",
        "Call +86 170 0000 0088 now",
        "打028-12345678",
        "身份证51010019900101123X",
        "卡号6222 0000 0000 0000 000",
        "write to somebody@mail.example",
        "open https://bank.example/login",
        "see www.bank.example",
        "加微信：abc12345",
        "姓名：张三",
    ],
)
def test_personal_data_and_real_numbers_are_found(text: str) -> None:
    assert find_private(text)


@pytest.mark.parametrize(
    "text",
    [
        "打110或96110，留意12381的短信。",
        "He lost 180,000 yuan in 2026.",
        "一共75000元，百分之3.5",
        "Article 26",
        "加微信领红包",
    ],
)
def test_public_lines_and_sums_are_none(text: str) -> None:
    assert not find_private(text)


@given(st.integers(10**10, 2 * 10**10 - 1).filter(lambda number: str(number)[1] in "3456789"))
def test_no_mobile_number_passes(number: int) -> None:
    assert find_private(f"请打{number}。")


def test_only_the_beginning_of_what_was_found_is_repeated() -> None:
    assert [beginning for _words, beginning in find_private("17000000088")] == ["1700…"]


def test_a_complete_text_has_no_fault_and_missing_parts_are_named() -> None:
    assert faults() == []
    assert faults(title_en=" ", body_zh="") == ["the title in English is missing", "the text in Chinese is missing"]


def test_both_languages_have_the_same_headings() -> None:
    assert "headings" in faults(body_zh="## 一\n文。")[0]


def test_a_quiz_must_be_readable_and_measure_something() -> None:
    from tests.command.education.items_made import QUIZ

    assert "begin a question" in faults("quiz")[0]
    assert faults("quiz", body_zh=QUIZ, body_en=QUIZ) == ["choose the item that the quiz measures"]
    assert faults("quiz", teaches="column", body_zh=QUIZ, body_en=QUIZ) == []


def test_warnings_compare_the_level_with_the_audience() -> None:
    hard = ReadingLevel(40, 50, 14)
    assert len(find_warnings(EducationItem(audience="old"), hard)) == 3
    assert find_warnings(EducationItem(audience="old"), ReadingLevel(15, 5, 5)) == []
