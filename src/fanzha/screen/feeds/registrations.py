"""Registrations as JSON, one object a line: `{"number": "+86…", "country": "TH", "since": …, "until": …}`."""

from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec

from fanzha.base.words import Words
from fanzha.claims.snapshot import number_key
from fanzha.kinds.numbering.number_reader import read_number
from fanzha.kinds.numbering.plan import plan
from fanzha.kinds.numbering.terms import CLASSES, NumberClass
from fanzha.screen.http.dependencies import FeedResult
from fanzha.screen.registrations import Registration, RegistrationResult

#: Records registrations that arrived at a moment (UTC ms); returns what became of each.
RegistrationSink = Callable[[int, Sequence[Registration]], Sequence[RegistrationResult]]

MAX_REASONS = 10
MAX_AHEAD_MS = 60_000  # tolerated clock difference
MAX_DAYS = 400  # of one registration
_DAY_MS = 86_400_000
_CELLULAR = frozenset(
    CLASSES.index(number_class)
    for number_class in (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.DATA_CARD, NumberClass.IOT)
)

_NOT_MOBILE = Words("不是本国移动号码", "not a home mobile number in a form such as +8617000000001")
_NO_COUNTRY = Words("不是国家代码", "no country code of ISO 3166 (two letters)")
_AHEAD = Words("登记时间在未来", "since lies ahead of the clock")
_OVER = Words("登记已失效", "the registration is over: send the next one, with the home country after a return")
_EMPTY = Words("until 须晚于 since", "until must be later than since")
_TOO_LONG = Words(f"登记有效期最长 {MAX_DAYS} 天", f"a registration holds {MAX_DAYS} days at the most")
_RESULT_WORDS = {
    RegistrationResult.OUTDATED: Words("已有较新的登记", "a later registration of this number is known"),
    RegistrationResult.FULL: Words(
        "登记已满：请调大 [registrations] most", "no room: raise [registrations] most in the settings"
    ),
}


class RegistrationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A registration. Times are UTC ms; `country` CN says that the number is at home. 号码的漫游登记。"""

    number: Annotated[str, msgspec.Meta(max_length=32)]
    country: Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
    since: Annotated[int, msgspec.Meta(ge=0, le=2**43)] | None = None  # default: its arrival
    until: Annotated[int, msgspec.Meta(ge=0, le=2**43)] | None = None  # default: [registrations] keep_seconds later


_DECODE = msgspec.json.Decoder(RegistrationIn).decode


class RegistrationFeed:
    """Ingests lines; invalid, outdated and surplus ones are rejected with a reason."""

    def __init__(self, sink: RegistrationSink, clock: Callable[[], int], *, keep_ms: int) -> None:
        """`clock` returns UTC ms; a registration without an end holds `keep_ms`."""
        self._sink, self._clock, self._keep_ms = sink, clock, keep_ms
        self.accepted = self.rejected = 0

    def ingest(self, lines: bytes, first: int = 1) -> FeedResult:
        """Ingest complete lines; `first` is the number of the first. Never raise."""
        at, registrations, numbers = self._clock(), list[Registration](), list[int]()
        reasons: list[tuple[int, str]] = []
        for number, line in enumerate(lines.split(b"\n"), start=first):
            if line.strip():
                registration = self._read_line(line, at)
                if isinstance(registration, str):
                    reasons.append((number, registration))
                else:
                    registrations.append(registration)
                    numbers.append(number)
        rejected = len(reasons)
        for number, result in zip(numbers, self._sink(at, registrations), strict=True):
            if (words := _RESULT_WORDS.get(result)) is not None:
                reasons.append((number, f"{words.en} {words.zh}"))
        accepted, rejected = len(registrations) - (len(reasons) - rejected), len(reasons)
        self.accepted, self.rejected = self.accepted + accepted, self.rejected + rejected
        shown = tuple(f"{number}: {reason}" for number, reason in sorted(reasons)[:MAX_REASONS])
        return FeedResult(accepted, rejected, shown)

    def _read_line(self, line: bytes, at: int) -> Registration | str:
        """Return the registration of a line, or the reason of its rejection."""
        try:
            row = _DECODE(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return str(error)
        number, since = read_number(row.number), at if row.since is None else row.since
        until = since + self._keep_ms if row.until is None else row.until
        if words := _find_fault(number.number_class, row.country, since, until, at):
            return f"{words.en} {words.zh}"
        return Registration(number_key(number.canonical), row.country, since, until)


def _find_fault(number_class: int, country: str, since: int, until: int, at: int) -> Words | None:
    if number_class not in _CELLULAR:
        return _NOT_MOBILE
    if country not in plan().countries:
        return _NO_COUNTRY
    if since > at + MAX_AHEAD_MS:
        return _AHEAD
    if until <= since:
        return _EMPTY
    if until <= at:
        return _OVER
    return _TOO_LONG if until - since > MAX_DAYS * _DAY_MS else None
