"""Remember which words came how often, so that a text sent a thousand times is one line to read in a whole run."""

from collections.abc import Iterable
from typing import Any

import msgspec

from fanzha.detect._text.second import Second

MOST = 50_000  # different texts remembered; the one not seen for longest is given back first
LONGEST = 4_000  # characters kept of a text
KEPT = ("event_id", "occurred_at", "channel", "ingress", "sender")  # what a finding says of the event


class First(msgspec.Struct):
    """The first copy that was worth telling: its text, what the model gave it, and the event that brought it."""

    text: str
    model: float
    event: dict[str, Any]
    second: Second | None = None  # None: the slow tier was not asked


class Repeat(msgspec.Struct):
    """The same words under one legal basis; real and made-up copies are told apart."""

    subject: str
    simulated: bool
    basis: str
    copies: int = 0
    first: First | None = None  # None while no copy was worth telling


class Repeats:
    """Counts copies one by one, so that it does not matter how the rows came in batches."""

    def __init__(self, known: Iterable[Repeat] = (), most: int = MOST) -> None:
        """Go on from what is known, the text seen last at the end."""
        self._known = {_key(repeat): repeat for repeat in known}
        self._most = most

    def count(self, subject: str, row: dict[str, Any]) -> tuple[Repeat, Repeat | None]:
        """Count a copy; return what is known of its words, and what was forgotten to make room."""
        fresh = Repeat(subject, bool(row["simulated"]), row["basis"] or "")
        repeat = self._known.pop(_key(fresh), fresh)
        repeat.copies += 1
        self._known[_key(repeat)] = repeat
        if len(self._known) <= self._most:
            return repeat, None
        return repeat, self._known.pop(next(iter(self._known)))

    def all(self) -> list[Repeat]:
        """Return all that is remembered, the text seen last at the end."""
        return list(self._known.values())

    def save(self) -> bytes:
        """Return what is remembered."""
        return msgspec.msgpack.encode(self.all())

    @classmethod
    def load(cls, saved: bytes, most: int = MOST) -> "Repeats":
        """Go on from what `save` gave, or from nothing."""
        return cls(msgspec.msgpack.decode(saved, type=list[Repeat]) if saved else (), most)


def first_of(row: dict[str, Any], model: float, second: Second | None = None) -> First:
    """Keep of an event what a finding will need."""
    return First(row["text"][:LONGEST], model, {name: row[name] for name in KEPT}, second)


def _key(repeat: Repeat) -> tuple[str, bool, str]:
    return repeat.subject, repeat.simulated, repeat.basis
