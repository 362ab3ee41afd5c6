"""Escape CSV cells, so that a spreadsheet does not read them as formulas (OWASP, CSV injection)."""

from unicodedata import normalize

#: A cell with one of these prefixes is read as a formula, or moves what follows to a place where it is.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(text: str) -> str:
    """Return a cell with a quote in front if it would be read as a formula.

    Full-width and small forms such as ＝ and ﹢ count as the characters that spreadsheets convert them to.
    """
    return f"'{text}" if normalize("NFKC", text[:1]).startswith(_FORMULA) else text
