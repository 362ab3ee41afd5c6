"""Kept patterns answer as `phonenumbers` itself does: valid, region, E.164, premium rate."""

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from fanzha.kinds.numbering.foreign import look_up_foreign
from fanzha.kinds.numbering.terms import NumberReason, Validity

CODES = sorted(set(phonenumbers.COUNTRY_CODE_TO_REGION_CODE) - {86})
EXAMPLES = [
    f"{example.country_code}{phonenumbers.national_significant_number(example)}"
    for region in sorted(phonenumbers.SUPPORTED_REGIONS - {"CN"})
    for sort in (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.PREMIUM_RATE)
    if (example := phonenumbers.example_number_for_type(region, sort))
]


def agrees(digits: str) -> None:
    found = look_up_foreign(digits)
    try:
        number = phonenumbers.parse("+" + digits)
    except NumberParseException:
        assert found.valid is Validity.NO
        return
    assert (found.valid is Validity.YES) == phonenumbers.is_valid_number(number)
    if found.valid is Validity.YES:
        premium = phonenumbers.number_type(number) == PhoneNumberType.PREMIUM_RATE
        assert found.region == phonenumbers.region_code_for_number(number)
        assert found.e164 == phonenumbers.format_number(number, PhoneNumberFormat.E164)
        assert (found.reason is NumberReason.PREMIUM_RATE) == premium
    else:
        length = phonenumbers.is_possible_number_with_reason(number)
        assert found.possible == (length == ValidationResult.IS_POSSIBLE)


def test_an_example_of_every_plan_is_valid_in_its_region() -> None:
    assert len(EXAMPLES) > 500
    for digits in EXAMPLES:
        agrees(digits)


@given(st.sampled_from(EXAMPLES), st.integers(0, 20), st.sampled_from("0123456789"))
def test_an_example_with_one_digit_changed_is_judged_alike(example: str, place: int, digit: str) -> None:
    place = len(example) - 1 - place % 7
    changed = example[:place] + digit + example[place + 1 :]
    if not changed.startswith(("86", "0")):
        agrees(changed)


@given(st.sampled_from(CODES), st.text("0123456789", max_size=16))
def test_any_digits_behind_a_country_code_are_judged_alike(code: int, national: str) -> None:
    agrees(f"{code}{national}")


def test_a_trunk_zero_left_in_is_taken_out() -> None:
    assert look_up_foreign("4402079460000").e164 == "+442079460000"
    assert look_up_foreign("390612345678").e164 == "+390612345678"  # in Italy the zero belongs to the number


def test_a_country_code_that_does_not_exist_is_named_as_the_reason() -> None:
    assert look_up_foreign("9991234567").reason is NumberReason.NO_SUCH_COUNTRY
