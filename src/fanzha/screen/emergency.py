"""Calls that pass: to emergency numbers, back to whoever called one a short while ago (RFC 7090), to lines of help."""

from collections.abc import Iterable

from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass

EMERGENCY = CLASSES.index(NumberClass.EMERGENCY)
MOST_REMEMBERED = 100_000
#: Whoever is limited can still reach the anti-fraud line and the carriers, who tell him why and lift it (design §5).
HELP_LINES = ("96110", "10000", "10010", "10086", "10099")


class EmergencyCalls:
    """Knows the emergency numbers and, for a while, who called them; the oldest is forgotten first."""

    def __init__(
        self, callees: Iterable[str] = (), help_lines: Iterable[str] = (), *, call_back_ms: int = 7_200_000
    ) -> None:
        """Take an operator's own emergency callees and lines of help beside those of the numbering plan."""
        self._callees = frozenset(map(_canonical, callees))
        self._help_lines = frozenset(map(_canonical, (*HELP_LINES, *help_lines)))
        self._call_back_ms = call_back_ms
        self._called: dict[str, int] = {}  # canonical number -> when it last called, oldest first

    def is_emergency(self, callee: str, number_class: int) -> bool:
        """Say whether a canonical number is an emergency number."""
        return number_class == EMERGENCY or callee in self._callees

    def is_help_line(self, callee: str) -> bool:
        """Say whether a canonical number is a line that whoever is limited may still call."""
        return callee in self._help_lines

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


def _canonical(number: str) -> str:
    return read_number(number).canonical or number
