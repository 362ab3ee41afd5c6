"""Check digits are those of the published examples, and one wrong character is always seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanzha.kinds._check_digits import (
    CREDIT_CODE_CHARACTERS,
    credit_code_digit,
    identity_digit,
    luhn,
    luhn_digit,
    mod97,
    organization_digit,
    registration_digit,
)


def test_published_examples_hold() -> None:
    assert luhn("79927398713") and luhn("490154203237518")
    assert identity_digit("11010519491231002") == "X"
    assert credit_code_digit("91350100M000100Y4") == "3"
    assert organization_digit("D2143569") == "X"
    assert registration_digit("11010800000001") == "6"
    assert mod97("WEST12345698765432GB82") == 1


@pytest.mark.parametrize("short", ["", "0", "7"])
def test_one_digit_alone_has_no_check_digit(short: str) -> None:
    assert not luhn(short)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_seen(digits: str, place: int, other: str) -> None:
    changed = digits[:place] + other + digits[place + 1 :]
    for check in (luhn_digit, identity_digit):
        assert (check(changed) == check(digits)) == (changed == digits)


@given(
    st.text(CREDIT_CODE_CHARACTERS, min_size=17, max_size=17),
    st.integers(0, 16),
    st.sampled_from(CREDIT_CODE_CHARACTERS),
)
def test_one_wrong_character_of_a_credit_code_is_seen(code: str, place: int, other: str) -> None:
    changed = code[:place] + other + code[place + 1 :]
    assert (credit_code_digit(changed) == credit_code_digit(code)) == (changed == code)
