"""Bilingual texts: every text for people is in Chinese and English."""

from collections.abc import Sequence
from typing import NamedTuple

#: Stands between the two languages of one stored text.
_BETWEEN = " ‖ "


class Words(NamedTuple):
    """A text in Chinese and English."""

    zh: str
    en: str

    def format(self, **values: object) -> "Words":
        """Format both languages with the same values."""
        return Words(self.zh.format(**values), self.en.format(**values))

    def joined(self) -> str:
        """Return both languages as one text, to store where there is one field; `parse` separates them again."""
        return self.zh if self.zh == self.en else f"{self.zh}{_BETWEEN}{self.en}"

    @classmethod
    def parse(cls, text: str) -> "Words":
        """Split a text that may be `joined` into its languages; a text of one language is used for both."""
        zh, separator, en = text.partition(_BETWEEN)
        return cls(zh, en) if separator else cls(text, text)


def enumerate_english(parts: Sequence[str]) -> str:
    """Return parts of an English sentence joined by commas and a last "and"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)
