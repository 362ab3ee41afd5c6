"""Hide the middle of long numbers wherever a text is shown: telephones, cards and identities, with gaps or without."""

import re

_NUMBER = re.compile(r"\d(?:[\s\-.·]{0,2}\d){6,}")


def mask_numbers(text: str) -> str:
    """Return a text whose numbers of seven digits and more keep three digits in front and two behind."""
    return _NUMBER.sub(_hidden, text)


def _hidden(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return digits[:3] + "•" * (len(digits) - 5) + digits[-2:]
