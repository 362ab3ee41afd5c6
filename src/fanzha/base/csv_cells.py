"""Cells of a CSV file that people open in a spreadsheet: none may be taken for a formula."""

#: A cell that begins so is a formula to a spreadsheet: it gets a quote in front (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def plain_cell(text: str) -> str:
    """Return a text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text
