"""Calls that pass: to emergency numbers, back to whoever called one a short while ago (RFC 7090), to lines of help."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from fanzha.kinds.numbering.number_reader import NumberCodes, read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass

EMERGENCY = CLASSES.index(NumberClass.EMERGENCY)
#: What the numbering plan makes of an emergency number behind a country or area code, or with URI parts around it.
_UNUSUAL = frozenset(map(CLASSES.index, (NumberClass.DISGUISED, NumberClass.INVALID)))
#: What may stand before an emergency code: +86, 86, an area code after 0 or +86. A bare "86" and an area code before
#: the code is a local number of seven or eight digits.
_PREFIX = re.compile(r"\+?86|(?:\+860?|0)(?:10|2\d|[3-9]\d\d)")
_CODE_LENGTHS = range(3, 7)
_PHONE_CONTEXT = re.compile(r";phone-context=\+(?!86)\d", re.IGNORECASE)  # of another country (RFC 3966 §5.1.5)
SOS = "urn:service:sos"  # RFC 5031
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

    def is_emergency(self, callee: NumberCodes, written: str) -> bool:
        """Say whether a callee is an emergency number in any way of writing it: 110, +86110, 010110, tel:+86110, 1%310.

        `callee` is what the numbering plan makes of the `written` text. A longer number that contains 110 is none.
        """
        if self._is_code(callee):
            return True
        if callee.number_class not in _UNUSUAL:
            return False
        return self._is_emergency_behind(callee.canonical) or self._is_emergency_uri(written)

    def _is_code(self, callee: NumberCodes) -> bool:
        return callee.number_class == EMERGENCY or callee.canonical in self._callees

    def _is_emergency_behind(self, number: str) -> bool:
        """Say whether a canonical number is an emergency code behind a country code, an area code or both."""
        return any(
            _PREFIX.fullmatch(number[:-length]) is not None and self._is_code(read_number(number[-length:]))
            for length in _CODE_LENGTHS
        )

    def _is_emergency_uri(self, written: str) -> bool:
        """Say whether a text is an SOS service, or an emergency number with percent-encoding or parameters."""
        text = unquote(written)
        if text.lower().startswith(SOS):
            return True
        number = text.partition(";")[0]
        if number == written or _PHONE_CONTEXT.search(text):
            return False
        callee = read_number(number)
        return self._is_code(callee) or self._is_emergency_behind(callee.canonical)

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
