"""Bilingual texts: every text for people is in Chinese and English."""

from collections.abc import Sequence
from typing import NamedTuple


class Words(NamedTuple):
    """A text in Chinese and English."""

    zh: str
    en: str

    def format(self, **values: object) -> "Words":
        """Format both languages with the same values."""
        return Words(self.zh.format(**values), self.en.format(**values))


def enumerate_english(parts: Sequence[str]) -> str:
    """Return parts of an English sentence joined by commas and a last "and"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
