"""Parse non-negative integers from untrusted input, such as URLs and files."""

#: Any number of this many digits fits into 64 bits.
MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """Parse 1 to 18 ASCII digits; return None for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
