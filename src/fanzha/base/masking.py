"""Mask long numbers in texts: phone, card and identity numbers, with or without separators."""

import re

_NUMBER = re.compile(r"\d(?:[\s\-.·]{0,2}\d){6,}")


def mask_numbers(text: str) -> str:
    """Mask numbers of seven or more digits, except their first three and last two digits."""
    return _NUMBER.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return digits[:3] + "•" * (len(digits) - 5) + digits[-2:]
