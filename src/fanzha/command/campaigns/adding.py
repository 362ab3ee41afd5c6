"""What new findings add to the figures of a subject in its campaign, and figures of several put together."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from fanzha.base.clock import to_ms
from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.campaigns.heat import heat_of, together
from fanzha.command.campaigns.models import Placement
from fanzha.command.subjects.evidence_facts import facts_of
from fanzha.command.subjects.ingest.parser import Found
from fanzha.command.subjects.models import FindingRow
from fanzha.command.subjects.verdicts import STRICTNESS

#: As large as the columns hold; whoever tells of more calls than that, tells stories.
MOST_CALLS, MOST_MONEY = 2**31 - 1, 2**63 - 1


class Figures(NamedTuple):
    """How much there is of a subject or a campaign; `calls` are at most so many, `money` is in fen."""

    findings: int
    subjects: int
    victims: int
    calls: int
    money: int
    top_score: float
    heat: float
    fraud_type: str
    detector: str
    simulated: bool
    marking: str
    first_at: datetime
    last_at: datetime


def of_finding(found: Found) -> Figures:
    """Return what one finding adds to nothing. A person who is to be warned is a victim and no suspect."""
    said, facts = found.incoming.finding, found.incoming.facts
    warned = said.fraud_type in TO_WARN
    return Figures(
        findings=1,
        subjects=0 if warned else 1,
        victims=1 if warned else 0,
        calls=facts.count_of_calls,
        money=facts.money_fen,
        top_score=said.score,
        heat=heat_of(said.score, said.found_at),
        fraud_type=said.fraud_type,
        detector=said.detector,
        simulated=said.simulated,
        marking=said.marking.value,
        first_at=found.found_at,
        last_at=found.found_at,
    )


def of_row(row: FindingRow) -> Figures:
    """Return the same of a finding that is kept."""
    facts, warned = facts_of(row.detail.evidence), row.fraud_type in TO_WARN
    return Figures(
        findings=1,
        subjects=0 if warned else 1,
        victims=1 if warned else 0,
        calls=facts.count_of_calls,
        money=facts.money_fen,
        top_score=row.score,
        heat=heat_of(row.score, to_ms(row.found_at)),
        fraud_type=row.fraud_type,
        detector=row.detector,
        simulated=row.simulated,
        marking=row.marking,
        first_at=row.found_at,
        last_at=row.found_at,
    )


def of_placement(row: Placement) -> Figures:
    """Return the figures that are kept of a subject."""
    return Figures(
        row.findings,
        0 if row.is_victim else 1,
        1 if row.is_victim else 0,
        row.calls,
        row.money,
        row.top_score,
        row.heat,
        row.fraud_type,
        row.detector,
        row.simulated,
        row.marking,
        row.first_at,
        row.last_at,
    )


def more_of_one(one: Figures, other: Figures) -> Figures:
    """Put together what is said of one subject: the same calls may be counted twice, so the larger count stands.

    Who is suspected at all is a suspect.
    """
    both, suspect = _both(one, other), max(one.subjects, other.subjects)
    return Figures._make((both.findings, suspect, 0 if suspect else 1, max(one.calls, other.calls), *both[4:]))


def of_several(figures: Iterable[Figures]) -> Figures:
    """Put the figures of different subjects together."""
    first, *rest = figures
    for one in rest:
        first = _both(first, one)
    return first


def _both(one: Figures, other: Figures) -> Figures:
    best = max(one, other, key=_named_by)
    return Figures(
        one.findings + other.findings,
        one.subjects + other.subjects,
        one.victims + other.victims,
        min(one.calls + other.calls, MOST_CALLS),
        min(one.money + other.money, MOST_MONEY),
        best.top_score,
        together(one.heat, other.heat),
        best.fraud_type,
        best.detector,
        one.simulated and other.simulated,
        one.marking if one.marking == other.marking else min(one.marking, other.marking, key=STRICTNESS.__getitem__),
        min(one.first_at, other.first_at),
        max(one.last_at, other.last_at),
    )


def _named_by(figures: Figures) -> tuple[Any, ...]:
    """Return what decides whose type names both: a suspect before a victim, then the score."""
    return (
        figures.fraud_type not in TO_WARN,
        figures.top_score,
        bool(figures.fraud_type),
        figures.fraud_type,
        figures.detector,
    )
