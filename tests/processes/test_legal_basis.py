"""A basis is a code in a file and the name of an article on a page."""

import pytest

from fanzha.processes.legal_basis import instruments, legal_basis_words


@pytest.mark.parametrize("code", ["ATF13", "N18.5", "PIPL18", "POL"])
def test_codes_have_names_in_both_languages(code: str) -> None:
    words = legal_basis_words(code)
    assert words and words.zh != code and words.en != code


def test_the_article_stands_in_the_name() -> None:
    words = legal_basis_words("ATF32")
    assert words and "32" in words.zh and "32" in words.en


@pytest.mark.parametrize("code", ["", "ATF0", "ATF999", "XYZ1", "ATF1x", "ATF１", "ATF-1"])
def test_there_is_no_other(code: str) -> None:
    assert legal_basis_words(code) is None


def test_every_instrument_says_whether_its_text_was_read() -> None:
    assert any(one.seen for one in instruments().values())
    assert all(one.title.zh and one.title.en for one in instruments().values())
