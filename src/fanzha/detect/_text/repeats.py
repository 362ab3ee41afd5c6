"""Count identical texts, so that a text sent a thousand times yields one finding in a run."""

from collections.abc import Iterable
from typing import Any

import msgspec

MAX_TEXTS = 50_000  # distinct texts stored; the least recently seen one is evicted first
MAX_CHARACTERS = 4_000  # stored of a text
EVENT_COLUMNS = ("event_id", "occurred_at", "channel", "ingress", "sender")  # stored of the event


class FirstCopy(msgspec.Struct, rename={"model_score": "model"}):  # name in saved states
    """The first reportable copy of a text: the text, its model score, and columns of its event."""

    text: str
    model_score: float
    event: dict[str, Any]


class RepeatedText(msgspec.Struct):
    """Copies of one text with the same legal basis; simulated and real copies are counted separately."""

    subject: str
    simulated: bool
    basis: str
    copies: int = 0
    first: FirstCopy | None = None  # None while no copy is reportable
    is_reported: bool = False  # continuous detection has yielded its finding


class TextRepeatCounter:
    """A bounded count of copies by text; the result does not depend on how rows are batched."""

    def __init__(self, entries: Iterable[RepeatedText] = (), capacity: int = MAX_TEXTS) -> None:
        """Start with `entries`, least recently seen first."""
        self._entries = {_key(repeat): repeat for repeat in entries}
        self._capacity = capacity

    def count(self, subject: str, row: dict[str, Any]) -> tuple[RepeatedText, RepeatedText | None]:
        """Count a copy; return the entry of its text, and the entry that was evicted to make room, if any."""
        entry = RepeatedText(subject, bool(row["simulated"]), row["basis"] or "")
        stored = self._entries.pop(_key(entry), entry)
        stored.copies += 1
        self._entries[_key(stored)] = stored
        if len(self._entries) <= self._capacity:
            return stored, None
        return stored, self._entries.pop(next(iter(self._entries)))

    def all(self) -> list[RepeatedText]:
        """Return all entries, least recently seen first."""
        return list(self._entries.values())

    def save(self) -> bytes:
        """Return the entries as bytes."""
        return msgspec.msgpack.encode(self.all())

    @classmethod
    def load(cls, saved: bytes, capacity: int = MAX_TEXTS) -> "TextRepeatCounter":
        """Return the repeats that `save` stored, or empty ones."""
        return cls(msgspec.msgpack.decode(saved, type=list[RepeatedText]) if saved else (), capacity)


def first_copy(row: dict[str, Any], model_score: float) -> FirstCopy:
    """Return the columns of an event that a finding needs."""
    return FirstCopy(row["text"][:MAX_CHARACTERS], model_score, {name: row[name] for name in EVENT_COLUMNS})


def _key(repeat: RepeatedText) -> tuple[str, bool, str]:
    return repeat.subject, repeat.simulated, repeat.basis
