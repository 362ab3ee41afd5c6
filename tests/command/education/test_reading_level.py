"""Sentence length and rare words of Chinese, and the grade of English."""

import pytest

from fanzha.command.education.reading_level import count_syllables, cut_words, english_grade, measure_level


def test_chinese_is_cut_into_words() -> None:
    assert cut_words("公安机关不会通过电话办案") == ["公安", "机关", "不会", "通过", "电话", "办案"]


def test_the_length_of_sentences_leaves_punctuation_out() -> None:
    assert measure_level("挂断电话。打110，再告诉家人！", "").sentence == 6.5


def test_hard_words_are_counted_and_words_of_the_topic_are_not() -> None:
    easy = measure_level("挂断电话，不要转账，告诉家人。", "")
    hard = measure_level("勠力同心，厘清权属，涤除积弊，稽核账册。", "")
    assert easy.rare == 0 and hard.rare > easy.rare


def test_long_words_and_sentences_raise_the_grade() -> None:
    easy = english_grade("Hang up. Call the police. Tell your son.")
    hard = english_grade(
        "Notwithstanding institutional representations, verification of identity remains indispensable."
    )
    assert easy < 3 < 12 < hard
    assert english_grade("") == 0


@pytest.mark.parametrize(
    ("word", "count"), [("call", 1), ("asked", 1), ("police", 2), ("family", 3), ("table", 2), ("the", 1)]
)
def test_syllables(word: str, count: int) -> None:
    assert count_syllables(word) == count
