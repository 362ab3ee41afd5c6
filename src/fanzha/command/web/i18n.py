"""Bilingual text in the language of the request."""

from django.conf import settings
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


def site_words(words: Words) -> Words:
    """Return the words in the language of the site alone: a display of a handset has room for one."""
    is_chinese = settings.LANGUAGE_CODE.startswith("zh")
    return Words(words.zh, "") if is_chinese else Words("", words.en)
