"""Whole numbers as strangers write them, in addresses and files: other digits and too long ones are no numbers."""

#: So many digits fit into 64 bits whatever they are.
MOST_DIGITS = 18


def whole_number(text: str) -> int | None:
    """Return what plain digits (0-9) say, at most 18 of them; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
