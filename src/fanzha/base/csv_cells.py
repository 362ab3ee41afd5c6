"""Escape CSV cells, so that a spreadsheet does not read them as formulas (OWASP, CSV injection)."""

#: A cell with one of these prefixes is read as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(text: str) -> str:
    """Return a cell with a quote in front if it would be read as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
