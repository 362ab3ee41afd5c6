"""Snapshot entry: the part of a subject's verdicts that a screen needs to decide a call or text."""

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
    """A verdict in one scope ("" = any) with the police status; `next_scope` links to the subject's next scope.

    Entries of one subject are ordered from the narrowest scope to the widest, the strictest first within a width.
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
    organization: str = ""
    simulated: bool = False
    next_scope: "SnapshotEntry | None" = None

    def match(self, at: int, direction: str = "", service: str = "", ingress: str = "") -> "SnapshotEntry | None":
        """Return the narrowest entry in force at `at` (UTC ms) that covers the call or text; None if there is none."""
        entry: SnapshotEntry | None = self
        while entry is not None:
            if (
                at < entry.until
                and (not entry.direction or entry.direction == direction)
                and (not entry.service or entry.service == service)
                and (not entry.ingress or entry.ingress == ingress)
            ):
                return entry
            entry = entry.next_scope
        return None

    def strictest(self, at: int) -> "SnapshotEntry | None":
        """Return the strictest entry in force in any scope, for look-ups without a call or text."""
        active = [entry for entry in self.scopes() if at < entry.until]
        return max(
            active, key=lambda entry: (LEVELS.index(entry.level), TREATMENTS.index(entry.treatment)), default=None
        )

    def scopes(self) -> "Iterator[SnapshotEntry]":
        """Yield this entry and the subject's entries in further scopes."""
        entry: SnapshotEntry | None = self
        while entry is not None:
            yield entry
            entry = entry.next_scope

    @property
    def scope(self) -> VerdictScope:
        """Return the scope of the entry."""
        return VerdictScope(self.direction, self.service, self.ingress)

    @property
    def words(self) -> Words:
        """Return the public description: level, fraud type and police status, without thresholds and sources."""
        parts = [LEVEL_WORDS[self.level]]
        parts += [FRAUD_TYPES[self.fraud_type]] if self.fraud_type in FRAUD_TYPES else []
        parts += [CASE_WORDS[self.case]] if self.case else []
        return Words("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def build_entry(verdicts: Sequence[Verdict], case: Case | None, at: int) -> SnapshotEntry | None:
    """Return the verdicts on one subject and its police status as an entry; None if there is nothing to list.

    A subject is listed if it is suspected or watched, or has a police case. Verdicts that end within the hour of `at`
    (UTC ms) are omitted, since ends are rounded down.
    """
    active = [verdict for verdict in verdicts if _ends(verdict.until) > at]
    has_case = case is not None and case.status is not CaseStatus.NONE and case.at <= at < _ends(case.until)
    if not has_case and all(verdict.level is Level.CLEAR for verdict in active):
        return None
    entries = [entry for verdict in active for entry in _split_by_case(verdict, case if has_case else None)]
    if case and has_case:
        entries.append(SnapshotEntry(Level.CLEAR, until=case.until, case=case.status, organization=case.body))
    chain: SnapshotEntry | None = None
    for entry in sorted(entries, key=lambda entry: (entry.scope.width, -LEVELS.index(entry.level)))[::-1]:
        chain = entry._replace(next_scope=chain)
    return chain


def _ends(until: int) -> int:
    return until if until == FOREVER else until // HOUR_MS * HOUR_MS


def _split_by_case(verdict: Verdict, case: Case | None) -> "Iterator[SnapshotEntry]":
    """Yield the verdict with the police status while both are in force, then the verdict alone."""
    entry = SnapshotEntry(
        verdict.level,
        verdict.treatment,
        verdict.fraud_type,
        verdict.until,
        *verdict.scope,
        organization=verdict.organization,
        simulated=verdict.simulated,
    )
    if case:
        yield entry._replace(case=case.status, until=min(case.until, verdict.until))
    if not case or verdict.until > case.until:
        yield entry
