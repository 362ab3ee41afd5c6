"""Texts for small displays: plain, in both languages where both fit, cut where not even one does."""

import unicodedata
from collections.abc import Callable

from fanzha.base.words import Words

CUT = "…"


def plain(text: str) -> str:
    """Return a text on one line: no control, format (bidirectional, zero-width) or unassigned character is left."""
    kept = (" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text)
    return " ".join("".join(kept).split())


def fitting(words: Words, size: Callable[[str], int], most: int, *, between: str = " ") -> str:
    """Return Chinese and English where both are at most so large, else the Chinese, cut if need be."""
    chinese, english = plain(words.zh), plain(words.en)
    both = between.join(filter(None, (chinese, english)))
    return both if size(both) <= most else cut(chinese or english, size, most)


def cut(text: str, size: Callable[[str], int], most: int) -> str:
    """Return a text, or as much of its beginning as fits with a sign that there was more."""
    if size(text) <= most:
        return text
    while text and size(text + CUT) > most:
        text = text[:-1]
    return text + CUT


def utf8_bytes(text: str) -> int:
    """Return the size of a text in SIP."""
    return len(text.encode())


def ucs2_units(text: str) -> int:
    """Return the size of a text in an SMS of alphabet UCS-2 (3GPP TS 23.038 §6.2.3): 16-bit units."""
    return len(text.encode("utf-16-be")) // 2
