"""Rules that classify digits by the numbering plan, run as Python for one number and compiled for many.

`decide` and the functions it calls use integers and arrays alone, so that fanzha.base.kernels can compile them.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.kinds.numbering.terms import CLASSES, REASONS, VALIDITIES, NumberClass, NumberReason, Validity

Digits = bytes | NDArray[np.uint8]  # values 0-9, not characters
Decision = tuple[int, int, int, int, int, int, int]

#: Form of the canonical value: the digits as written, `+86` and the digits from `start` on, or not decided here.
AS_WRITTEN, HOME, ELSEWHERE = 0, 1, 2
LISTED = 3  # in the outcome table: valid if the prefix is listed
LONGEST = 20  # digits of the longest number: a 106 port with extension


class Tables(NamedTuple):
    """The plan as arrays (shapes in brackets), built by `tools/build_numbering.py`."""

    block: NDArray[np.uint16]  # [100000] first five digits, padded with zeros -> block of the plan
    outcome: NDArray[np.uint8]  # [blocks, 21] block and length -> row of `outcomes`, 0 = none
    outcomes: NDArray[np.uint8]  # [n, 6] class, validity, reason, operator, voice, texts
    area: NDArray[np.uint16]  # [1000] first three digits after the trunk zero -> area, 0 = none
    area_digits: NDArray[np.uint8]  # [areas] length of the area code
    area_local: NDArray[np.uint16]  # [areas] bit n set: local numbers may have n digits
    area_region: NDArray[np.uint16]  # [areas] -> region
    prefix_region: NDArray[np.uint16]  # [700000] seven digits from 1300000 on -> region, 0 = not listed
    protected: NDArray[np.uint8]  # [100000] five-digit service numbers known by name


_INVALID, _FIXED = CLASSES.index(NumberClass.INVALID), CLASSES.index(NumberClass.FIXED)
_800 = CLASSES.index(NumberClass.SERVICE_800)
_SERVICE, _EMERGENCY = CLASSES.index(NumberClass.SERVICE), CLASSES.index(NumberClass.EMERGENCY)
_DISGUISED, _FOREIGN = CLASSES.index(NumberClass.DISGUISED), CLASSES.index(NumberClass.FOREIGN)
_NO, _YES, _UNKNOWN = (VALIDITIES.index(v) for v in (Validity.NO, Validity.YES, Validity.UNKNOWN))
_BY_PLAN, _LISTED_ONLY = REASONS.index(NumberReason.BY_PLAN), REASONS.index(NumberReason.LISTED_ONLY)
_NOT_IN_PLAN, _TOO_SHORT, _TOO_LONG = (
    REASONS.index(r) for r in (NumberReason.NOT_IN_PLAN, NumberReason.TOO_SHORT, NumberReason.TOO_LONG)
)
_AREA_MISSING, _TRUNK_ZERO_MISSING = (
    REASONS.index(NumberReason.AREA_MISSING),
    REASONS.index(NumberReason.TRUNK_ZERO_MISSING),
)
_WRONG_LENGTH = REASONS.index(NumberReason.WRONG_LENGTH)
_UNUSUAL_LENGTH, _LOCAL_ZERO = REASONS.index(NumberReason.UNUSUAL_LENGTH), REASONS.index(NumberReason.LOCAL_ZERO)
_SERVICE_WITH_AREA, _AFTER_AREA_CODE = (
    REASONS.index(NumberReason.SERVICE_WITH_AREA),
    REASONS.index(NumberReason.AFTER_AREA_CODE),
)
_AFTER_COUNTRY_CODE, _AFTER_ZEROS = (
    REASONS.index(NumberReason.AFTER_COUNTRY_CODE),
    REASONS.index(NumberReason.AFTER_ZEROS),
)
_AT_THE_END, _COUNTRY_CODE_ASSUMED = (
    REASONS.index(NumberReason.AT_THE_END),
    REASONS.index(NumberReason.COUNTRY_CODE_ASSUMED),
)


def leading_digits(digits: Digits, start: int, count: int, width: int) -> int:
    """Return the `width` digits from `start` on as a number, padded with zeros on the right."""
    value = 0
    for index in range(start, start + width):
        value = value * 10 + (int(digits[index]) if index < count else 0)
    return value


def count_zeros(digits: Digits, start: int, count: int) -> int:
    """Count the zeros from `start` on."""
    end = start
    while end < count and digits[end] == 0:
        end += 1
    return end - start


def plan_outcome(digits: Digits, start: int, count: int, tables: Tables) -> int:
    """Return the plan's outcome for the digits from `start` on, or 0 if there is none."""
    length = count - start
    if length < 3 or length > LONGEST:
        return 0
    return int(tables.outcome[tables.block[leading_digits(digits, start, count, 5)], length])


def decide_by_plan(digits: Digits, start: int, count: int, found: int, tables: Tables) -> Decision:
    """Return the decision for an outcome of the plan. Mobile prefixes give the region.

    A range that is listed by prefix alone has an unknown validity, and is invalid if the prefix is not listed.
    """
    row = tables.outcomes[found]
    kind, validity, reason = int(row[0]), int(row[1]), int(row[2])
    region = 0
    if count - start == 11:
        prefix = leading_digits(digits, start, count, 7) - 1_300_000
        if 0 <= prefix < tables.prefix_region.size:
            region = int(tables.prefix_region[prefix])
    if validity == LISTED:
        if region == 0:
            return _INVALID, _NO, _NOT_IN_PLAN, 0, 0, start, HOME
        validity, reason = _UNKNOWN, _LISTED_ONLY
    form = HOME if kind <= _800 else AS_WRITTEN
    return kind, validity, reason, int(row[3]), region, start, form


def decide_fixed_line(digits: Digits, start: int, count: int, tables: Tables) -> Decision:
    """Read area code and local number from `start` on; class 0 if the digits are not a fixed-line number."""
    area = int(tables.area[leading_digits(digits, start, count, 3)])
    local = count - start - int(tables.area_digits[area])
    if area == 0 or local < 7 or local > 8:
        return _INVALID, _NO, _NOT_IN_PLAN, 0, 0, start, AS_WRITTEN
    validity, reason = _YES, _BY_PLAN
    if not tables.area_local[area] >> local & 1:
        validity, reason = _UNKNOWN, _UNUSUAL_LENGTH
    if digits[start + int(tables.area_digits[area])] == 0:
        validity, reason = _NO, _LOCAL_ZERO
    return _FIXED, validity, reason, 0, int(tables.area_region[area]), start, HOME


def decide_imitation(digits: Digits, start: int, count: int, tables: Tables) -> Decision:
    """Find the protected number that an impossible number imitates, after an area code or at its end."""
    area = int(tables.area[leading_digits(digits, start, count, 3)])
    if area:
        local = start + int(tables.area_digits[area])
        found = plan_outcome(digits, local, count, tables)
        if found and _SERVICE <= tables.outcomes[found, 0] <= _EMERGENCY:
            return _DISGUISED, _NO, _AFTER_AREA_CODE, 0, 0, local, AS_WRITTEN
    if count - start > 5 and tables.protected[leading_digits(digits, count - 5, count, 5)]:
        return _DISGUISED, _NO, _AT_THE_END, 0, 0, count - 5, AS_WRITTEN
    if count - start > 3:
        found = plan_outcome(digits, count - 3, count, tables)
        if found and tables.outcomes[found, 0] == _EMERGENCY:
            return _DISGUISED, _NO, _AT_THE_END, 0, 0, count - 3, AS_WRITTEN
    return _INVALID, _NO, invalid_reason(digits, start, count, tables), 0, 0, start, AS_WRITTEN


def invalid_reason(digits: Digits, start: int, count: int, tables: Tables) -> int:
    """Return the reason code for digits that are not a number."""
    length = count - start
    if length < 3:
        return _TOO_SHORT
    if length > LONGEST:
        return _TOO_LONG
    block = tables.block[leading_digits(digits, start, count, 5)]
    cellular = tables.outcome[block, 11] if length >= 5 else 0
    return _WRONG_LENGTH if cellular and tables.outcomes[cellular, 1] == _YES else _NOT_IN_PLAN


def decide_after_prefix(digits: Digits, start: int, count: int, sign: int, tables: Tables) -> Decision:
    """Read the digits after a home country code or trunk zero: a full number, or a short number that is invalid there.

    `sign` is the reason for a short or port number in this position.
    """
    line = decide_fixed_line(digits, start, count, tables)
    if line[0] == _FIXED:
        return line
    found = plan_outcome(digits, start, count, tables)
    if found and tables.outcomes[found, 0] <= _800:
        return decide_by_plan(digits, start, count, found, tables)
    imitation = decide_imitation(digits, start, count, tables)
    certain = found and tables.outcomes[found, 1] == _YES
    if certain or (found and imitation[0] != _DISGUISED):
        return _DISGUISED, _NO, sign, 0, 0, start, AS_WRITTEN
    return imitation


def decide_after_trunk_zero(digits: Digits, count: int, start: int, tables: Tables) -> Decision:
    """Read a number with one trunk zero; 96 and 12 city numbers are dialled after the area code."""
    area = int(tables.area[leading_digits(digits, start, count, 3)])
    local = start + int(tables.area_digits[area])
    if area and count - local <= 6:
        found = plan_outcome(digits, local, count, tables)
        city = leading_digits(digits, local, count, 2) == 96 or leading_digits(digits, local, count, 2) == 12
        if found and city and tables.outcomes[found, 0] == _SERVICE:
            row = tables.outcomes[found]
            region = int(tables.area_region[area])
            return _SERVICE, int(row[1]), _SERVICE_WITH_AREA, 0, region, local, AS_WRITTEN
    return decide_after_prefix(digits, start, count, _AFTER_ZEROS, tables)


def decide_bare_number(digits: Digits, start: int, count: int, tables: Tables) -> Decision:
    """Read a number without `+`, 00 or a trunk zero."""
    found = plan_outcome(digits, start, count, tables)
    if found:
        return decide_by_plan(digits, start, count, found, tables)
    length, first = count - start, leading_digits(digits, start, count, 1)
    if 7 <= length <= 8 and 2 <= first <= 8:
        return _FIXED, _UNKNOWN, _AREA_MISSING, 0, 0, start, AS_WRITTEN
    if leading_digits(digits, start, count, 2) == 86:
        after = start + 2
        return decide_after_prefix(
            digits, after + count_zeros(digits, after, count), count, _AFTER_COUNTRY_CODE, tables
        )
    neighbour = leading_digits(digits, start, count, 3)  # Hong Kong and Macau take precedence over former area codes
    line = decide_fixed_line(digits, start, count, tables)
    if line[0] == _FIXED and line[1] == _YES and neighbour != 852 and neighbour != 853 and neighbour != 886:
        return _FIXED, _UNKNOWN, _TRUNK_ZERO_MISSING, 0, line[4], start, HOME
    if 10 <= length <= 15 and (first != 1 or leading_digits(digits, start, count, 2) == 12):
        return _FOREIGN, _UNKNOWN, _COUNTRY_CODE_ASSUMED, 0, 0, start, ELSEWHERE
    return decide_imitation(digits, start, count, tables)


def decide(digits: Digits, count: int, plus: bool, tables: Tables) -> Decision:
    """Classify `count` digits, written with or without `+`.

    Return codes (class, validity, reason, operator, region), `start` (first digit of the number, or of the imitated
    number) and the form of the canonical value (AS_WRITTEN, HOME, ELSEWHERE).
    """
    start = 0
    if (
        not plus
        and count >= 15
        and (leading_digits(digits, 0, count, 3) == 179 or leading_digits(digits, 0, count, 5) == 12593)
    ):
        start = 5  # skip the carrier-selection prefix
    zero_count = count_zeros(digits, start, count)
    if start + zero_count == count:
        return _INVALID, _NO, _TOO_SHORT, 0, 0, start, AS_WRITTEN
    if plus or zero_count >= 2:
        start += zero_count
        if leading_digits(digits, start, count, 2) != 86:
            return _FOREIGN, _UNKNOWN, _BY_PLAN, 0, 0, start, ELSEWHERE
        start += 2
        return decide_after_prefix(
            digits, start + count_zeros(digits, start, count), count, _AFTER_COUNTRY_CODE, tables
        )
    if zero_count == 1:
        return decide_after_trunk_zero(digits, count, start + 1, tables)
    return decide_bare_number(digits, start, count, tables)


#: Names of the rules, each after the rules that it calls.
RULE_NAMES = (
    "leading_digits",
    "count_zeros",
    "plan_outcome",
    "decide_by_plan",
    "decide_fixed_line",
    "invalid_reason",
    "decide_imitation",
    "decide_after_prefix",
    "decide_after_trunk_zero",
    "decide_bare_number",
    "decide",
)
