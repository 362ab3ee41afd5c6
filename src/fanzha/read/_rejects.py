"""Rejected rows: file, row, column, reason and the masked value."""

import re

import msgspec

from fanzha.base.errors import Malformed
from fanzha.base.words import Words

MAX_SHOWN_CHARACTERS = 80
_DIGEST = re.compile(r"[0-9a-f]{32}(-[oae])?")  # an event id or keyed hash
_DIGITS = re.compile(r"\d{7,}")


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """One line of rejects.jsonl. `row` is the row or line of the file, counted from 1; 0 is the complete file."""

    file: str
    row: int = 0
    column: str = ""  # the file's own name of the column
    reason: str
    reason_zh: str
    value: str = ""  # at most 80 characters, long numbers masked


class UnreadableSource(Malformed):
    """A source cannot be read, or not beyond `row`. `words` is the reason in both languages."""

    def __init__(self, words: Words, row: int = 0) -> None:
        super().__init__(words.en)
        self.words = words
        self.row = row


def make_reject(file: str, row: int, column: str, reason: Words, value: object = "") -> Reject:
    """Return a reject with a shortened and masked value."""
    return Reject(file=file, row=row, column=column, reason=reason.en, reason_zh=reason.zh, value=mask_value(value))


def mask_value(value: object) -> str:
    """Return a value for display: without control characters, long numbers masked, at most 80 characters."""
    text = "" if value is None else str(value)[: 4 * MAX_SHOWN_CHARACTERS]
    if _DIGEST.fullmatch(text):
        return text
    text = "".join(character if character.isprintable() else " " for character in text)
    text = _DIGITS.sub(lambda match: match[0][:3] + "*" * (len(match[0]) - 5) + match[0][-2:], text)
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"
