"""Calls that always pass: emergency calls, call-backs to recent emergency callers (RFC 7090), help lines."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

from fanzha.kinds.numbering.number_reader import NumberCodes, read_number
from fanzha.kinds.numbering.terms import CLASSES, NumberClass

EMERGENCY = CLASSES.index(NumberClass.EMERGENCY)
#: Classes that the numbering plan assigns to an emergency number with a country code, area code or URI parts.
_UNUSUAL = frozenset(map(CLASSES.index, (NumberClass.DISGUISED, NumberClass.INVALID)))
#: What may stand before an emergency code: +86, 86, an area code after 0 or +86. A bare "86" and an area code before
#: the code is a local number of seven or eight digits.
_PREFIX = re.compile(r"\+?86|(?:\+860?|0)(?:10|2\d|[3-9]\d\d)")
_CODE_LENGTHS = range(3, 7)
_PHONE_CONTEXT = re.compile(r";phone-context=\+(?!86)\d", re.IGNORECASE)  # a foreign context (RFC 3966 §5.1.5)
SOS = "urn:service:sos"  # RFC 5031
MAX_REMEMBERED = 100_000
#: A restricted caller can reach the anti-fraud line and the carriers, who explain and lift the restriction.
HELP_LINES = ("96110", "10000", "10010", "10086", "10099")


class EmergencyCalls:
    """Recognises emergency numbers and remembers recent emergency callers; drops the oldest first."""

    def __init__(
        self,
        callees: Iterable[str] = (),
        help_lines: Iterable[str] = (),
        centres: Iterable[str] = (),
        *,
        call_back_ms: int = 7_200_000,
    ) -> None:
        """`callees` and `help_lines` add to those of the numbering plan.

        `centres` are further numbers from which emergency centres call back.
        """
        self._callees = frozenset(map(_canonical, callees))
        self._help_lines = frozenset(map(_canonical, (*HELP_LINES, *help_lines)))
        self._centres = frozenset(map(_canonical, centres))
        self._call_back_ms = call_back_ms
        self._called_at: dict[str, int] = {}  # canonical number -> UTC ms of its last call, oldest first

    def is_emergency(self, callee: NumberCodes, written: str) -> bool:
        """Return whether a callee is an emergency number in any notation: 110, +86110, 010110, tel:+86110.

        `callee` is the parsed `written` text. A longer number that merely contains 110 is no emergency number.
        """
        if self._is_code(callee):
            return True
        if callee.number_class not in _UNUSUAL:
            return False
        return self._ends_with_emergency_code(callee.canonical) or self._is_emergency_uri(written)

    def _is_code(self, callee: NumberCodes) -> bool:
        return callee.number_class == EMERGENCY or callee.canonical in self._callees

    def _ends_with_emergency_code(self, number: str) -> bool:
        """Return whether a number is an emergency code after a country code, an area code or both."""
        return any(
            _PREFIX.fullmatch(number[:-length]) is not None and self._is_code(read_number(number[-length:]))
            for length in _CODE_LENGTHS
        )

    def _is_emergency_uri(self, written: str) -> bool:
        """Return whether a text is an SOS service URN or an emergency number with escapes or parameters."""
        text = unquote(written)
        if text.lower().startswith(SOS):
            return True
        number = text.partition(";")[0]
        if number == written or _PHONE_CONTEXT.search(text):
            return False
        callee = read_number(number)
        return self._is_code(callee) or self._ends_with_emergency_code(callee.canonical)

    def is_centre(self, caller: NumberCodes) -> bool:
        """Return whether a caller's number belongs to an emergency centre (RFC 7090)."""
        number = caller.canonical
        return self._is_code(caller) or number in self._centres or self._ends_with_emergency_code(number)

    def is_help_line(self, callee: str) -> bool:
        """Return whether a restricted caller may call this canonical number."""
        return callee in self._help_lines

    def record_call(self, caller: str, at: int) -> None:
        """Record a call to an emergency number at `at` (UTC ms)."""
        self._called_at.pop(caller, None)
        self._called_at[caller] = at
        while len(self._called_at) > MAX_REMEMBERED or self._oldest() <= at - self._call_back_ms:
            del self._called_at[next(iter(self._called_at))]

    def may_be_called_back(self, callee: str, at: int) -> bool:
        """Return whether a callee called an emergency number within the call-back period."""
        called_at = self._called_at.get(callee)
        return called_at is not None and at - called_at < self._call_back_ms

    def _oldest(self) -> int:
        return next(iter(self._called_at.values()))

    def save(self) -> dict[str, int]:
        """Return each recent caller with its time (UTC ms), oldest first."""
        return dict(self._called_at)

    def restore(self, called: dict[str, int]) -> None:
        """Replace the recent callers by saved ones."""
        self._called_at = dict(called)


def _canonical(number: str) -> str:
    return read_number(number).canonical or number
