"""What a screen would have done, by trunk: the report of trunks in shadow, read from the event log.

`meant` is the treatment under full enforcement, which the log has beside the applied one. The report counts calls by
both, the reason that weighed most, the callers who would be treated, and hints that a refusal would hit an innocent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.claims.treatment import Treatment
from fanzha.kinds.phone_number import KIND as NUMBER
from fanzha.screen.attempt import CallAttempt
from fanzha.screen.decision import Decision
from fanzha.screen.event_log import OTHER_SITE, Record
from fanzha.screen.identity import read_identity

LONG_TALK_SECONDS = 60
TOP_CALLERS = 10
#: Callers counted apart by trunk; beyond that the rarest are dropped, and their number is shown.
MAX_CALLERS = 200_000
#: Calls that wait for their answer and end, the oldest dropped first.
MAX_OPEN_CALLS = 500_000
MAX_TRUNKS = 10_000


class Hint(StrEnum):
    """Why a call that would be refused may be innocent."""

    PROVEN = "proven"
    ATTESTED = "attested"
    ALLOWLISTED = "allowlisted"
    ANSWERED_LONG = "answered_long"


HINT_WORDS: dict[Hint, Words] = {
    Hint.PROVEN: Words("中继证实主叫号码", "the trunk proves the caller's number"),
    Hint.ATTESTED: Words("主叫经 A 级签名证实", "a PASSporT attests the caller (A)"),
    Hint.ALLOWLISTED: Words("主叫在免扰名单，来源不同", "the caller is on the allowlist, by another origin"),
    Hint.ANSWERED_LONG: Words("被叫接听且通话较长", "the callee answered and talked long"),
}


class CallerCount(msgspec.Struct, frozen=True):
    """A masked caller and how many of its calls would be refused or have its number withheld."""

    caller: str
    calls: int


class HintCount(msgspec.Struct, frozen=True):
    """A hint, the calls that would be refused or withheld with it, and the masked callers with most of them."""

    hint: str
    calls: int
    callers: tuple[CallerCount, ...]


class TreatmentCount(msgspec.Struct, frozen=True):
    """Calls by treatment meant and treatment applied."""

    meant: Treatment
    applied: Treatment
    calls: int


class ReasonCount(msgspec.Struct, frozen=True):
    """Calls by treatment meant and the reason that weighed most."""

    meant: Treatment
    reason: str
    calls: int


class RoamingCount(msgspec.Struct, frozen=True):
    """Home mobile numbers from abroad: whether anybody proves that they are there."""

    proven: int
    disproven: int
    unproven: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.proven + self.disproven + self.unproven

    @property
    def unproven_share(self) -> float:
        """Share of calls without proof; 0 if there are no such calls."""
        return self.unproven / self.total if self.total else 0.0


class TrunkReport(msgspec.Struct, frozen=True):
    """The report of one trunk."""

    trunk: str
    calls: int
    unscreened: dict[str, int]  # by why
    treatments: tuple[TreatmentCount, ...]
    reasons: tuple[ReasonCount, ...]
    roaming: RoamingCount
    unproven_share: float
    top_callers: tuple[CallerCount, ...]
    hints: tuple[HintCount, ...]
    answers_seen: int  # answered calls of this trunk whose end the log has; without any the last hint says nothing

    def meant(self, *treatments: Treatment) -> int:
        """Return how many calls would be treated so."""
        return sum(count.calls for count in self.treatments if count.meant in treatments)


class ShadowReport(msgspec.Struct, frozen=True):
    """The reports of all trunks; times are UTC ms, None without any call."""

    first_at: int | None
    last_at: int | None
    calls: int
    trunks: tuple[TrunkReport, ...]
    unreadable: int = 0  # lines of the log that are no record
    dropped_callers: int = 0  # rare callers that were not counted to the end


@dataclass(slots=True)
class _TrunkTally:
    """What is counted of one trunk."""

    treatments: Counter[tuple[Treatment, Treatment]] = field(default_factory=Counter)
    reasons: Counter[tuple[Treatment, str]] = field(default_factory=Counter)
    unscreened: Counter[str] = field(default_factory=Counter)
    roaming: Counter[str] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    hints: dict[Hint, Counter[str]] = field(default_factory=lambda: {hint: Counter[str]() for hint in Hint})
    answers_seen: int = 0


#: Treatments that take a call or a number from somebody.
_HARMFUL = (Treatment.REFUSE, Treatment.WITHHOLD)


class ShadowReportBuilder:
    """Counts the records of a log, in the order of the log."""

    def __init__(
        self,
        is_allowlisted: Callable[[str], bool] = lambda _: False,
        *,
        trunk: str | None = None,
        long_talk_seconds: int = LONG_TALK_SECONDS,
        top: int = TOP_CALLERS,
    ) -> None:
        """`is_allowlisted` gets a canonical number. With `trunk` only that trunk is counted."""
        self._is_allowlisted, self._trunk, self._top = is_allowlisted, trunk, top
        self._long_talk_ms = 1_000 * long_talk_seconds
        self._tallies: dict[str, _TrunkTally] = {}
        self._open: dict[str, tuple[str, str]] = {}  # by Call-ID: trunk, and the caller if the call would be refused
        self._first_at: int | None = None
        self._last_at: int | None = None
        self._dropped = 0

    def add(self, record: Record) -> None:
        """Count a record; records of other kinds and malformed ones are skipped."""
        what, body = record.what, record.body
        if what == OTHER_SITE and isinstance(body, list) and len(body) == 5:
            what, body = body[3], body[4]
            if what == "call":  # counted at its own site
                return
        try:
            if what == "call":
                self._add_call(record.at, CallAttempt(*body[0]), Decision(*body[1]))
            elif what == "fact" and body[0] == "call_ended":
                self._add_end(body[1])
        except (TypeError, ValueError, IndexError, KeyError, AttributeError):
            return

    def build(self, unreadable: int = 0) -> ShadowReport:
        """Return the report, trunks with most would-be refusals first."""
        trunks = sorted(
            (self._report(name, tally) for name, tally in self._tallies.items()),
            key=lambda report: (-report.meant(*_HARMFUL), -report.calls, report.trunk),
        )
        calls = sum(report.calls for report in trunks)
        return ShadowReport(self._first_at, self._last_at, calls, tuple(trunks), unreadable, self._dropped)

    def _add_call(self, at: int, attempt: CallAttempt, decision: Decision) -> None:
        if self._trunk is not None and attempt.trunk != self._trunk:
            return
        meant, applied = Treatment(decision.meant), Treatment(decision.treatment)
        if applied is not Treatment.ALLOW and meant is Treatment.ALLOW:
            meant = applied  # refused because it could not be screened
        name = attempt.trunk if attempt.trunk in self._tallies or len(self._tallies) < MAX_TRUNKS else "*"
        tally = self._tallies.setdefault(name, _TrunkTally())
        self._first_at, self._last_at = at if self._first_at is None else self._first_at, at
        tally.treatments[meant, applied] += 1
        reason = str(decision.reasons[0]) if decision.reasons else ""
        if reason:
            tally.reasons[meant, reason] += 1
        if not decision.screened:
            tally.unscreened[reason] += 1
        if decision.roaming:
            tally.roaming[decision.roaming] += 1
        caller = self._add_harmed(tally, attempt) if meant in _HARMFUL else ""
        self._open.pop(attempt.call_id, None)
        self._open[attempt.call_id] = name, caller
        if len(self._open) > MAX_OPEN_CALLS:
            del self._open[next(iter(self._open))]

    def _add_harmed(self, tally: _TrunkTally, attempt: CallAttempt) -> str:
        """Count the caller of a call that would be refused, and the hints known at once; return the caller."""
        caller = read_identity(attempt.caller).canonical or attempt.caller
        tally.callers[caller] += 1
        if attempt.own:
            tally.hints[Hint.PROVEN][caller] += 1
        if attempt.attestation == "A":
            tally.hints[Hint.ATTESTED][caller] += 1
        if self._is_allowlisted(caller):
            tally.hints[Hint.ALLOWLISTED][caller] += 1
        for counter in (tally.callers, *tally.hints.values()):
            if len(counter) > MAX_CALLERS:
                self._drop_rare(counter)
        return caller

    def _drop_rare(self, counter: Counter[str]) -> None:
        frequent = counter.most_common(MAX_CALLERS // 2)
        self._dropped += len(counter) - len(frequent)
        counter.clear()
        counter.update(dict(frequent))

    def _add_end(self, fields: Mapping[str, Any]) -> None:
        opened = self._open.pop(str(fields["call_id"]), None)
        if opened is None or not fields.get("answered"):
            return
        name, caller = opened
        tally = self._tallies[name]
        tally.answers_seen += 1
        if caller and int(fields.get("talk_ms") or 0) >= self._long_talk_ms:
            tally.hints[Hint.ANSWERED_LONG][caller] += 1

    def _report(self, name: str, tally: _TrunkTally) -> TrunkReport:
        roaming = RoamingCount(*(tally.roaming[outcome] for outcome in ("proven", "disproven", "unproven")))
        return TrunkReport(
            name,
            tally.treatments.total(),
            dict(tally.unscreened.most_common()),
            tuple(TreatmentCount(meant, applied, calls) for (meant, applied), calls in tally.treatments.most_common()),
            tuple(ReasonCount(meant, reason, calls) for (meant, reason), calls in tally.reasons.most_common()),
            roaming,
            round(roaming.unproven_share, 4),
            self._mask_top(tally.callers),
            tuple(
                HintCount(hint, counter.total(), self._mask_top(counter))
                for hint, counter in tally.hints.items()
                if counter
            ),
            tally.answers_seen,
        )

    def _mask_top(self, counter: Counter[str]) -> tuple[CallerCount, ...]:
        return tuple(CallerCount(NUMBER.mask(caller), calls) for caller, calls in counter.most_common(self._top))


class ReportRow(msgspec.Struct, frozen=True):
    """One figure of the report as a row of a table."""

    trunk: str
    figure: str  # calls, unscreened, treatment, reason, roaming, caller, hint
    meant: str
    name: str
    calls: int
    share: float  # of the calls of the trunk


def list_rows(report: ShadowReport) -> Iterator[ReportRow]:
    """Yield the figures of all trunks as rows."""
    for trunk in report.trunks:
        for figure, meant, name, calls in _list_figures(trunk):
            yield ReportRow(trunk.trunk, figure, meant, name, calls, round(calls / trunk.calls, 6))


def _list_figures(trunk: TrunkReport) -> Iterator[tuple[str, str, str, int]]:
    yield "calls", "", "", trunk.calls
    for why, calls in trunk.unscreened.items():
        yield "unscreened", "", why, calls
    for treatment in trunk.treatments:
        yield "treatment", treatment.meant, treatment.applied, treatment.calls
    for reason in trunk.reasons:
        yield "reason", reason.meant, reason.reason, reason.calls
    for outcome in ("proven", "disproven", "unproven"):
        yield "roaming", "", outcome, getattr(trunk.roaming, outcome)
    for caller in trunk.top_callers:
        yield "caller", "", caller.caller, caller.calls
    for hint in trunk.hints:
        yield "hint", "", hint.hint, hint.calls
