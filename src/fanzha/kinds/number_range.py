"""Ranges of telephone numbers by their common prefix: may be disclosed where a single number may not."""

import re
import unicodedata

from fanzha.base.errors import Malformed
from fanzha.base.words import Words
from fanzha.kinds._kind import Fact, SubjectKind

#: Fewer open digits would name few people: a range has 10,000 numbers at least.
MIN_OPEN_DIGITS = 4
_RANGE = re.compile(r"(\+?)([0-9]{2,11})([xX*?]{1,12})")
_SEPARATORS = re.compile(r"[\s\-.·()]+")
_OPEN_SIGNS = str.maketrans({"×": "x", "•": "x", "＊": "x", "？": "x", "⋆": "x"})
_CHINESE_MOBILE_DIGITS = 11


class NumberRange(SubjectKind):
    """A range of numbers; canonical is E.164 with an `x` for each open digit, such as +861700000xxxx."""

    name = "number_range"
    title = Words("号段", "range of numbers")
    stix = "x-fanzha-number-range"
    misp = "text"

    def normalise(self, raw: str) -> str:
        """Return the canonical range. Raise Malformed for a number, and for a range of fewer than 10,000 numbers."""
        text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", raw[:60]).translate(_OPEN_SIGNS))
        found = _RANGE.fullmatch(text)
        if not found:
            raise Malformed("a range is the beginning of a number with an x for each open digit")
        plus, digits, open_digits = found.groups()
        if len(open_digits) < MIN_OPEN_DIGITS:
            raise Malformed(f"a range has {MIN_OPEN_DIGITS} open digits at least")
        beginning = digits if plus else _international(digits)
        if beginning.startswith("0") or len(beginning) < 2:
            raise Malformed("no country code begins with 0")
        length = len(beginning) + len(open_digits)
        is_mobile = re.match(r"861[3-9]", beginning) is not None
        if not 8 <= length <= 15 or (is_mobile and length != 2 + _CHINESE_MOBILE_DIGITS):
            raise Malformed("the range has not as many digits as its numbers")
        return f"+{beginning}{'x' * len(open_digits)}"

    def mask(self, value: str) -> str:
        """Return the value unchanged: a range does not identify a person."""
        return value

    def resembles(self, raw: str) -> float:
        """Score by format: digits that end in open ones."""
        try:
            self.normalise(raw)
        except Malformed:
            return 0.0
        return 0.9

    def describe(self, value: str) -> list[Fact]:
        """Return how many numbers the range has."""
        numbers = 10 ** value.count("x")
        words = Words(f"{numbers:,} 个号码", f"{numbers:,} numbers")
        return [Fact("numbers", Words("号码数量", "numbers in it"), numbers, words)]


def _international(digits: str) -> str:
    """Return the beginning of a number as dialled in China with its country code."""
    if digits.startswith("00"):
        return digits[2:]
    if digits.startswith("0"):
        return f"86{digits[1:]}"
    return f"86{digits}" if re.match(r"1[3-9]", digits) else digits


KIND = NumberRange()
