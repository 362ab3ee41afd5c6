"""A basis is a code in a file and the name of an article on a page."""

import pytest

from fanzha.processes.legal_basis import chinese_numeral, cited_basis_words, instruments, legal_basis_words


@pytest.mark.parametrize("code", ["ATF13", "N18.5", "PIPL18", "POL"])
def test_codes_have_names_in_both_languages(code: str) -> None:
    words = legal_basis_words(code)
    assert words and words.zh != code and words.en != code


def test_the_article_stands_in_the_name() -> None:
    words = legal_basis_words("ATF32")
    assert words and words.zh == "《反电信网络诈骗法》第三十二条" and words.en.endswith("Art. 32")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "一"),
        (10, "十"),
        (13, "十三"),
        (20, "二十"),
        (48, "四十八"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "1001"),
    ],
)
def test_numbers_of_articles_are_written_as_laws_write_them(number: int, text: str) -> None:
    assert chinese_numeral(number) == text


@pytest.mark.parametrize("code", ["", "ATF0", "ATF999", "XYZ1", "ATF1x", "ATF１", "ATF-1"])
def test_there_is_no_other(code: str) -> None:
    assert legal_basis_words(code) is None


def test_every_instrument_says_whether_its_text_was_read() -> None:
    assert any(one.seen for one in instruments().values())
    assert all(one.title.zh and one.title.en for one in instruments().values())


def test_what_a_detector_cites_is_readable() -> None:
    words = cited_basis_words("ATF Art. 11; ATF Art. 13; user report")
    assert words.zh == "《反电信网络诈骗法》第十一条、第十三条；user report"
    assert words.en == "Anti-Telecom and Online Fraud Law, Art. 11, Art. 13; user report"
