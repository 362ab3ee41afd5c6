"""Bilingual words carry the same values in both languages."""

import pytest

from fanzha.base.words import Words


def test_format_fills_both_languages() -> None:
    assert Words("{n} 次呼叫", "{n} calls").format(n=3) == Words("3 次呼叫", "3 calls")


def test_a_value_that_one_language_needs_cannot_be_forgotten() -> None:
    with pytest.raises(KeyError):
        Words("{n} 次", "{n} calls in {span}").format(n=3)


def test_a_text_of_both_languages_in_one_field_is_separated_again() -> None:
    words = Words("证据充分", "The evidence is sufficient")
    assert Words.parse(words.joined()) == words
    assert Words.parse("a | b") == Words("a | b", "a | b")
