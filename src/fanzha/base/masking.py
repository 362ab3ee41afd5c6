"""Mask long numbers in texts: phone, card and identity numbers, with or without separators."""

import re
import unicodedata

_NUMBER = re.compile(r"\d(?:[\s\-.·]{0,2}\d){6,}")
#: An id of `base.ids` of the years 2015 to 2038; with its letters it is no number of a person.
_REFERENCE = re.compile(r"01[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{23}")


def mask_numbers(text: str) -> str:
    """Mask numbers of seven or more digits, except their first three and last two digits."""
    return _NUMBER.sub(_masked, text)


def mask_case(name: str) -> str:
    """Return the reference of a case unchanged, also if seven digits follow each other in it; mask other names."""
    return name if _REFERENCE.fullmatch(name) else mask_numbers(name)


def mask_digits_of(text: str, fragment: str) -> str:
    """Mask the digits of a fragment of a text, unless they are of a short number that the text shows unmasked.

    A fragment may hold the middle of a long number, written in other characters than in the text.
    """
    plain = _NUMBER.sub("•", unicodedata.normalize("NFKC", text))
    return re.sub(r"\d{2,}", lambda run: run[0] if run[0] in plain else "•" * len(run[0]), fragment)


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return digits[:3] + "•" * (len(digits) - 5) + digits[-2:]
