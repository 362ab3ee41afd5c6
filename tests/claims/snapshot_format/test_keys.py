"""Numbers of up to 15 digits have a key of 50 bits, each its own; what has none is found by its hash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.claims.snapshot_format.keys import END, SHORT, hash_subject, hash_subjects, number_key, number_text

DIGITS = st.from_regex(r"[1-9][0-9]{0,14}", fullmatch=True)


@given(DIGITS)
def test_an_international_number_is_its_digits(digits: str) -> None:
    key = number_key(f"+{digits}")
    assert 0 < key == int(digits) < SHORT and number_text(key) == f"+{digits}"


@given(st.from_regex(r"[1-9][0-9]{0,13}", fullmatch=True))
def test_a_short_number_stands_above_all_international_ones(digits: str) -> None:
    key = number_key(digits)
    assert SHORT < key < END and number_text(key) == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "+0123",
        "0123",
        "+1234567890123456",
        "999999999999999",
        "１７０",
        "+1_000",
        " 1",
        "1 ",
        "-1",
        "++1",
        "a",
    ],
)
def test_what_does_not_fit_has_no_key(text: str) -> None:
    assert number_key(text) == 0


def test_short_codes_and_numbers_are_one_subject_and_other_kinds_are_not() -> None:
    salt = b"salt"
    assert (
        hash_subject(salt, "short_code", "106")
        == hash_subject(salt, "phone_number", "106")
        != hash_subject(salt, "sender", "106")
    )
    assert hash_subject(salt, "host", "a") != hash_subject(b"other", "host", "a")
    assert hash_subjects(salt, [("host", "a")]).tolist() == [list(hash_subject(salt, "host", "a"))]
    assert hash_subjects(salt, []).shape == (0, 2)
