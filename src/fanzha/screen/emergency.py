"""Calls that always pass: to emergency numbers, and back to whoever called one a short while ago (RFC 7090)."""

from collections.abc import Iterable

from fanzha.kinds._numbering.one import read_one
from fanzha.kinds._numbering.terms import CLASSES, NumberClass

EMERGENCY = CLASSES.index(NumberClass.EMERGENCY)
MOST_REMEMBERED = 100_000


class EmergencyCalls:
    """Knows the emergency numbers and, for a while, who called them; the oldest is forgotten first."""

    def __init__(self, callees: Iterable[str] = (), *, call_back_ms: int = 7_200_000) -> None:
        """Take an operator's own emergency callees beside those of the numbering plan."""
        self._callees = frozenset(read_one(callee).canonical or callee for callee in callees)
        self._call_back_ms = call_back_ms
        self._called: dict[str, int] = {}  # canonical number -> when it last called, oldest first

    def is_emergency(self, callee: str, number_class: int) -> bool:
        """Say whether a canonical number is an emergency number."""
        return number_class == EMERGENCY or callee in self._callees

    def called(self, caller: str, at: int) -> None:
        """Remember who called an emergency number."""
        self._called.pop(caller, None)
        self._called[caller] = at
        while len(self._called) > MOST_REMEMBERED or self._oldest() <= at - self._call_back_ms:
            del self._called[next(iter(self._called))]

    def may_be_called_back(self, callee: str, at: int) -> bool:
        """Say whether a callee called an emergency number so lately that this may be the call back."""
        when = self._called.get(callee)
        return when is not None and at - when < self._call_back_ms

    def _oldest(self) -> int:
        return next(iter(self._called.values()))

    def save(self) -> dict[str, int]:
        """Return who called and when (UTC ms), oldest first."""
        return dict(self._called)

    def restore(self, called: dict[str, int]) -> None:
        """Go on from what was saved."""
        self._called = dict(called)
