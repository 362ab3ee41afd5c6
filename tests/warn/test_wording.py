"""Texts are made plain, and shortened so that what is left can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.base.words import Words
from fanzha.warn._wording import fit_words, plain, truncate, ucs2_units, utf8_bytes


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\r\nb", "a b"), ("  境外　来电 ", "境外 来电"), ("a\u202eb\u200bc", "a b c"), ("\ud800x", "x"), ("", "")],
)
def test_what_is_shown_is_one_plain_line(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_both_languages_stand_where_both_fit_else_the_chinese() -> None:
    words = Words("境外来电", "Call from abroad")
    assert fit_words(words, len, 21) == "境外来电 Call from abroad"
    assert fit_words(words, len, 20) == "境外来电"
    assert fit_words(words, len, 3) == "境外…"
    assert fit_words(Words("", "Call"), len, 3) == "Ca…"


@given(text=st.text(), most=st.integers(4, 80))
def test_a_cut_text_fits_and_is_a_beginning(text: str, most: int) -> None:
    for size in (utf8_bytes, ucs2_units):
        text = plain(text)
        short = truncate(text, size, most)
        assert size(short) <= most and text.startswith(short.removesuffix("…"))


def test_a_unit_is_sixteen_bits() -> None:
    assert (ucs2_units("境a"), ucs2_units("😀"), utf8_bytes("境a")) == (2, 2, 4)
