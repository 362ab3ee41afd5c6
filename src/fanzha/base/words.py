"""Bilingual text: everything a person looks at is in Chinese and English."""

from typing import NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str

    def format(self, **values: object) -> "Words":
        """Fill the same values into both languages."""
        return Words(self.zh.format(**values), self.en.format(**values))
