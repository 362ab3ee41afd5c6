"""Numbers of other countries and regions, with the metadata of `phonenumbers`; valid means its `is_valid_number`.

The compiled patterns are cached, because `phonenumbers` looks them up for every number and is three times slower.
"""

import re
from functools import cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, PhoneNumberDesc, ValidationResult

from fanzha.kinds.numbering.terms import NumberReason, Validity

_CODES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
_SORTS = ("mobile", "fixed_line", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail")
_WRONG_LENGTH = {
    ValidationResult.TOO_SHORT: NumberReason.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NumberReason.TOO_SHORT,
    ValidationResult.TOO_LONG: NumberReason.TOO_LONG,
}


class ForeignNumber(NamedTuple):
    """Result for a number of another country; `possible` checks the length alone."""

    valid: Validity
    possible: bool
    reason: NumberReason
    region: str  # ISO 3166 alpha-2; "001" for international services; "" for an unknown country code
    e164: str | None


class _Pattern:
    """One pattern of a plan with its possible lengths."""

    def __init__(self, desc: PhoneNumberDesc | None) -> None:
        self.lengths = frozenset(desc.possible_length) if desc else frozenset()
        self.fits = re.compile(desc.national_number_pattern or "(?!)" if desc else "(?!)").fullmatch

    def __contains__(self, national: str) -> bool:
        return (not self.lengths or len(national) in self.lengths) and self.fits(national) is not None


class _Plan:
    """The numbering plan of one region."""

    def __init__(self, code: int, region: str) -> None:
        data = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        assert data is not None, "every region of a country code has a plan"
        self.region = region
        self.leads = re.compile(data.leading_digits).match if data.leading_digits else None
        self.all = _Pattern(data.general_desc)
        self.premium = _Pattern(data.premium_rate)
        self.sorts = [_Pattern(getattr(data, sort)) for sort in _SORTS if getattr(data, sort)]

    def reason(self, national: str) -> NumberReason:
        """Return the reason code for a national number."""
        if national in self.all:
            if national in self.premium:
                return NumberReason.PREMIUM_RATE
            if any(national in sort for sort in self.sorts):
                return NumberReason.BY_COUNTRY_PLAN
        return NumberReason.NOT_IN_COUNTRY_PLAN


@cache
def _plans(code: int) -> list[_Plan]:
    return [_Plan(code, region) for region in _CODES[code]]


def _find_region(code: int, national: str) -> tuple[str, NumberReason]:
    """Return the region of a number among those that share its country code, and the reason code of its plan."""
    plans = _plans(code)
    for plan in plans:
        if plan.leads is not None and len(plans) > 1:
            if plan.leads(national):
                return plan.region, plan.reason(national)
        elif (reason := plan.reason(national)) is not NumberReason.NOT_IN_COUNTRY_PLAN:
            return plan.region, reason
    return plans[0].region, NumberReason.NOT_IN_COUNTRY_PLAN


def look_up_foreign(digits: str) -> ForeignNumber:
    """Look up international digits (no plus, no leading zeros) in the plan of their country."""
    code = next((digits[:width] for width in (1, 2, 3) if int(digits[:width] or 0) in _CODES), "")
    national = digits[len(code) :]
    if not code:
        return ForeignNumber(Validity.NO, False, NumberReason.NO_SUCH_COUNTRY, "", None)
    region, reason = _find_region(int(code), national)
    if reason is NumberReason.NOT_IN_COUNTRY_PLAN:
        parsed = _parse_lenient(digits)
        if parsed is None:
            length_reason = NumberReason.TOO_LONG if len(national) > 15 else NumberReason.TOO_SHORT
            return ForeignNumber(Validity.NO, False, length_reason, region, None)
        national = phonenumbers.national_significant_number(parsed)
        region, reason = _find_region(int(code), national)
        if reason is NumberReason.NOT_IN_COUNTRY_PLAN:
            return _not_assigned(parsed, region)
    return ForeignNumber(Validity.YES, True, reason, region, f"+{code}{national}")


def _parse_lenient(digits: str) -> PhoneNumber | None:
    """Parse `+44 (0)20 …` without its trunk zero; return None if the length is impossible."""
    try:
        return phonenumbers.parse("+" + digits)
    except NumberParseException:
        return None


def _not_assigned(number: PhoneNumber, region: str) -> ForeignNumber:
    length = phonenumbers.is_possible_number_with_reason(number)
    possible = length == ValidationResult.IS_POSSIBLE
    return ForeignNumber(
        Validity.NO, possible, _WRONG_LENGTH.get(length, NumberReason.NOT_IN_COUNTRY_PLAN), region, None
    )
