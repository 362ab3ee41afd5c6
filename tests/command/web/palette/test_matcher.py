"""A text matches a part of a word, initials, and one typing mistake; a masked value only by what is shown of it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.command.subjects.canonical import mask_value
from fanzha.command.web.palette.matcher import (
    MatchRank,
    begins_with_typo,
    fold,
    index_titles,
    may_match,
    prepare,
    rank_term,
)

NUMBER = "+86 17•• ••1 2345"


def rank(term: str, title: str) -> MatchRank | None:
    return rank_term(fold(term), prepare(title), allow_typo=True)


@pytest.mark.parametrize(
    ("term", "title", "expected"),
    [
        ("fake l", "Fake loan · trunk T0", MatchRank.WHOLE_START),
        ("igw-sim-0013", "IGW-SIM-0013", MatchRank.EXACT),
        ("tru", "Fake loan · trunk T0", MatchRank.WORD_START),
        ("ＩＧＷ", "trunk IGW-01", MatchRank.WORD_START),
        ("oan", "Fake loan", MatchRank.PART),
        ("igw01", "trunk IGW-01", MatchRank.PART),
        ("退款", "冒充客服退款 · 中继 IGW-01", MatchRank.PART),
        ("kftk", "冒充客服退款", MatchRank.INITIALS),
        ("mc", "冒充客服退款", MatchRank.INITIALS),
        ("kf", "冒充客服退款", None),
        ("telecmo", "Example Telecom", MatchRank.TYPO),
        ("teelcom", "Example Telecom", MatchRank.TYPO),
        ("telcom", "Example Telecom", MatchRank.TYPO),
        ("tellecom", "Example Telecom", MatchRank.TYPO),
        ("tolecom", "Example Telecom", MatchRank.TYPO),
        ("tolecam", "Example Telecom", None),
        ("冒充可服", "冒充客服退款", MatchRank.TYPO),
        ("tol", "Example Telecom", None),
        ("mobile", "Example Telecom", None),
    ],
)
def test_titles_are_matched(term: str, title: str, expected: MatchRank | None) -> None:
    assert rank(term, title) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("12345", MatchRank.PART),
        ("17000012345", MatchRank.MASKED),
        ("+8617999912345", MatchRank.MASKED),
        ("170000123", MatchRank.MASKED),
        ("170000", None),  # two visible digits agree
        ("17000012346", None),
        ("170000123456", None),
        ("12354", None),
    ],
)
def test_a_number_is_matched_by_what_is_shown_of_it(term: str, expected: MatchRank | None) -> None:
    assert rank(term, NUMBER) == expected


def test_a_masked_website_agrees_as_a_whole_only() -> None:
    assert rank("pay-refund.example", "p***.example") is MatchRank.MASKED
    assert rank("pay-refund", "p***.example") is None
    assert rank("bay-refund.example", "p***.example") is None


def test_a_website_of_many_hidden_labels_is_compared_at_once() -> None:
    masked = "a***." * 40 + "example"
    assert rank("a." * 40 + "example", masked) is MatchRank.MASKED
    began = time.process_time()
    assert rank("a." * 50, masked) is None
    assert rank("a." * 40 + "examples", masked) is None
    assert time.process_time() - began < 0.5
    assert rank("ab.example", "a***b.example") is MatchRank.MASKED
    assert rank("aba.example", "ab***ba.example") is None, "the parts do not overlap"


@settings(max_examples=40)
@given(hidden=st.text("0123456789", min_size=4, max_size=4), term=st.text("0123456789", min_size=1, max_size=11))
def test_hidden_digits_change_no_answer(hidden: str, term: str) -> None:
    whole = f"17{hidden}12345"
    agrees = len(term) >= 7 and all(
        typed == shown for typed, shown in zip(term, "17••••12345", strict=False) if shown != "•"
    )
    expected = agrees or term in "12345" or term in "8617"
    assert (rank_term(term, prepare(mask_value("phone_number", f"+86{whole}"))) is not None) == expected


@settings(max_examples=40)
@given(word=st.text("abcdef", min_size=4, max_size=9), at=st.integers(0, 8), letter=st.sampled_from("xyz"))
def test_one_mistake_is_forgiven(word: str, at: int, letter: str) -> None:
    at %= len(word)
    assert begins_with_typo(word, word[:at] + letter + word[at + 1 :])
    assert begins_with_typo(word, word[:at] + letter + word[at:])
    assert begins_with_typo(word, word[:at] + word[at + 1 :])
    assert not begins_with_typo(word, letter + letter + word[:-2])


TITLES = st.lists(
    st.sampled_from(
        [NUMBER, "trunk IGW-01", "Fake loan · trunk T0", "冒充客服退款 · 中继 IGW-01", "https://***.example"]
    )
    | st.text("ab中继•-1 *.", max_size=12),
    min_size=1,
    max_size=3,
)
TERMS = st.sampled_from(["igw01", "kftk", "telcom", "trnuk", "17000012345", "客服"]) | st.text(
    "ab中继•-1*.", min_size=1
)


@given(titles=TITLES, term=TERMS, allow_typo=st.booleans())
def test_the_index_of_an_entry_tells_apart_what_its_titles_do(titles: list[str], term: str, allow_typo: bool) -> None:
    ranks = [rank_term(fold(term), prepare(title), allow_typo=allow_typo) for title in titles]
    assert may_match(fold(term), index_titles(tuple(titles)), allow_typo=allow_typo) or not any(
        one is not None for one in ranks
    )
