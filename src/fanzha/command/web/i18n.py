"""Bilingual text in the language of the request."""

from django.utils.translation import get_language

from fanzha.base.words import Words


def localize(words: Words) -> str:
    """Return a text in the reader's language."""
    return words.zh if (get_language() or "").startswith("zh") else words.en


def localize_text(text: str) -> str:
    """Return the reader's language of a stored text that may hold both (`Words.joined`)."""
    return localize(Words.parse(text))
