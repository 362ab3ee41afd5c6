"""Texts for small displays: in both languages if both fit, otherwise truncated Chinese."""

import unicodedata
from collections.abc import Callable

from fanzha.base.words import Words

CUT = "…"


def plain(text: str) -> str:
    """Return a text on one line, without control, format (bidirectional, zero-width) and unassigned characters."""
    characters = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join("".join(characters).split())


def fit_words(words: Words, size: Callable[[str], int], limit: int, *, separator: str = " ") -> str:
    """Return Chinese and English if both fit into `limit`, otherwise the Chinese, truncated if necessary."""
    chinese, english = plain(words.zh), plain(words.en)
    both = separator.join(filter(None, (chinese, english)))
    return both if size(both) <= limit else truncate(chinese or english, size, limit)


def truncate(text: str, size: Callable[[str], int], limit: int) -> str:
    """Return a text, truncated to `limit` with an ellipsis if necessary."""
    if size(text) <= limit:
        return text
    while text and size(text + CUT) > limit:
        text = text[:-1]
    return text + CUT


def utf8_bytes(text: str) -> int:
    """Return the size of a text in SIP, in bytes."""
    return len(text.encode())


def ucs2_units(text: str) -> int:
    """Return the size of a text in an SMS of alphabet UCS-2 (3GPP TS 23.038 §6.2.3): 16-bit units."""
    return len(text.encode("utf-16-be")) // 2
