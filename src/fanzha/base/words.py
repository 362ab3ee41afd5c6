"""Bilingual texts: every text for people is in Chinese and English."""

from typing import NamedTuple


class Words(NamedTuple):
    """A text in Chinese and English."""

    zh: str
    en: str

    def format(self, **values: object) -> "Words":
        """Format both languages with the same values."""
        return Words(self.zh.format(**values), self.en.format(**values))
