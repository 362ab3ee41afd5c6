"""An entry: what a snapshot holds of one subject, as little as a screen needs to answer in the moment."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.claims.treatment import TREATMENTS, Treatment
from fanzha.claims.verdict import (
    CASE_WORDS,
    FOREVER,
    LEVEL_WORDS,
    LEVELS,
    Case,
    CaseStatus,
    Level,
    Verdict,
    VerdictScope,
)

HOUR_MS = 3_600_000


class SnapshotEntry(NamedTuple):
    """A verdict in one scope ("" = any), the police status beside it, and in `also` the same subject's next scope.

    Entries of one subject stand from the narrowest scope to the widest, within a width the hardest first.
    `until` is UTC ms, exclusive, rounded down to a full hour.
    """

    level: Level
    treatment: Treatment = Treatment.ALLOW
    fraud_type: str = ""
    until: int = FOREVER
    direction: str = ""
    service: str = ""
    ingress: str = ""
    case: CaseStatus = CaseStatus.NONE
    organisation: str = ""
    simulated: bool = False
    next_scope: "SnapshotEntry | None" = None

    def match(self, at: int, direction: str = "", service: str = "", ingress: str = "") -> "SnapshotEntry | None":
        """Return the narrowest entry that still holds at a moment (UTC ms) and covers what was asked; None if none."""
        one: SnapshotEntry | None = self
        while one is not None:
            if (
                at < one.until
                and (not one.direction or one.direction == direction)
                and (not one.service or one.service == service)
                and (not one.ingress or one.ingress == ingress)
            ):
                return one
            one = one.next_scope
        return None

    def strictest(self, at: int) -> "SnapshotEntry | None":
        """Return the hardest entry that still holds, wherever: for whoever asks about a subject without a call."""
        holding = [one for one in self.scopes() if at < one.until]
        return max(holding, key=lambda one: (LEVELS.index(one.level), TREATMENTS.index(one.treatment)), default=None)

    def scopes(self) -> "Iterator[SnapshotEntry]":
        """Yield this entry and those of the subject's further scopes."""
        one: SnapshotEntry | None = self
        while one is not None:
            yield one
            one = one.next_scope

    @property
    def scope(self) -> VerdictScope:
        """Return where it holds."""
        return VerdictScope(self.direction, self.service, self.ingress)

    @property
    def words(self) -> Words:
        """Return what anybody may be told: level, fraud type and police status, no threshold and no source."""
        said = [LEVEL_WORDS[self.level]]
        said += [FRAUD_TYPES[self.fraud_type]] if self.fraud_type in FRAUD_TYPES else []
        said += [CASE_WORDS[self.case]] if self.case else []
        return Words("，".join(one.zh for one in said), ", ".join(one.en for one in said))


def build_entry(verdicts: Sequence[Verdict], case: Case | None, at: int) -> SnapshotEntry | None:
    """Return the verdicts on one subject and its police status as an entry; None when there is nothing to list.

    A subject is listed when somebody suspects or watches it, or the police have a case; what ends within the hour of
    `at` (UTC ms) is left out, since ends are rounded down.
    """
    held = [one for one in verdicts if _ends(one.until) > at]
    has_case = case is not None and case.status is not CaseStatus.NONE and case.at <= at < _ends(case.until)
    if not has_case and all(one.level is Level.CLEAR for one in held):
        return None
    found = [entry for one in held for entry in _split_by_case(one, case if has_case else None)]
    if case and has_case:
        found.append(SnapshotEntry(Level.CLEAR, until=case.until, case=case.status, organisation=case.body))
    chain: SnapshotEntry | None = None
    for one in sorted(found, key=lambda one: (one.scope.width, -LEVELS.index(one.level)))[::-1]:
        chain = one._replace(next_scope=chain)
    return chain


def _ends(until: int) -> int:
    return until if until == FOREVER else until // HOUR_MS * HOUR_MS


def _split_by_case(verdict: Verdict, case: Case | None) -> "Iterator[SnapshotEntry]":
    """Yield a verdict with the police status as long as both hold, then the verdict alone."""
    entry = SnapshotEntry(
        verdict.level,
        verdict.treatment,
        verdict.fraud_type,
        verdict.until,
        *verdict.scope,
        organisation=verdict.organisation,
        simulated=verdict.simulated,
    )
    if case:
        yield entry._replace(case=case.status, until=min(case.until, verdict.until))
    if not case or verdict.until > case.until:
        yield entry
