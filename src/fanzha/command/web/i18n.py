"""Bilingual text in the language of the request."""

from django.utils.translation import get_language

from fanzha.base.words import Words


def language_index() -> int:
    """Return the place of the reader's language in `Words`; ask once where thousands of texts are shown."""
    return 0 if (get_language() or "").startswith("zh") else 1


def localize(words: Words) -> str:
    """Return a text in the reader's language."""
    return words[language_index()]


def localize_text(text: str) -> str:
    """Return the reader's language of a stored text that may hold both (`Words.joined`)."""
    return localize(Words.parse(text))
