"""Statistics of campaigns and of the subjects in them: computed from findings, combined, summed by the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from math import log2
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection

from fanzha.base.clock import to_ms
from fanzha.base.marking import STRICTNESS
from fanzha.claims.finding import SubjectRole, resolve_role
from fanzha.claims.fraud_type import TO_WARN
from fanzha.command.campaigns.models import Placement
from fanzha.command.subjects.selectors import parse_evidence
from fanzha.command.subjects.services import StoredFinding
from fanzha.command.web.database import bulk

if TYPE_CHECKING:
    from fanzha.command.subjects.models import FindingRow

#: Largest values that the columns hold.
MAX_CALLS, MAX_MONEY = 2**31 - 1, 2**63 - 1


class CampaignStats(NamedTuple):
    """Statistics of a subject or a campaign; `calls` is an upper bound, `money` is in fen."""

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


def finding_stats(stored: StoredFinding) -> CampaignStats:
    """Return the statistics of one new finding. A person to be warned is a victim and no suspect."""
    finding, evidence = stored.parsed.finding, stored.parsed.facts
    warned = finding.role is SubjectRole.VICTIM
    return CampaignStats(
        findings=1,
        subjects=0 if warned else 1,
        victims=1 if warned else 0,
        calls=evidence.call_count,
        money=evidence.money_fen,
        top_score=finding.score,
        heat=finding_heat(finding.score, finding.found_at),
        fraud_type=finding.fraud_type,
        detector=finding.detector,
        simulated=finding.simulated,
        marking=finding.marking.value,
        first_at=stored.found_at,
        last_at=stored.found_at,
    )


def stored_finding_stats(row: FindingRow) -> CampaignStats:
    """Return the statistics of a stored finding."""
    evidence, warned = (
        parse_evidence(row.detail.evidence),
        resolve_role(SubjectRole(row.role), row.fraud_type, "") is SubjectRole.VICTIM,
    )
    return CampaignStats(
        findings=1,
        subjects=0 if warned else 1,
        victims=1 if warned else 0,
        calls=evidence.call_count,
        money=evidence.money_fen,
        top_score=row.score,
        heat=finding_heat(row.score, to_ms(row.found_at)),
        fraud_type=row.fraud_type,
        detector=row.detector,
        simulated=row.simulated,
        marking=row.marking,
        first_at=row.found_at,
        last_at=row.found_at,
    )


def placement_stats(row: Placement) -> CampaignStats:
    """Return the statistics of a placement."""
    return CampaignStats(
        findings=row.findings,
        subjects=0 if row.is_victim else 1,
        victims=1 if row.is_victim else 0,
        calls=row.calls,
        money=row.money,
        top_score=row.top_score,
        heat=row.heat,
        fraud_type=row.fraud_type,
        detector=row.detector,
        simulated=row.simulated,
        marking=row.marking,
        first_at=row.first_at,
        last_at=row.last_at,
    )


def combine_same_subject(first: CampaignStats, second: CampaignStats) -> CampaignStats:
    """Combine statistics of one subject: both may count the same calls, so the larger count is used.

    A subject that is a suspect in either is a suspect.
    """
    combined, suspect = _add_stats(first, second), max(first.subjects, second.subjects)
    return combined._replace(subjects=suspect, victims=0 if suspect else 1, calls=max(first.calls, second.calls))


def combine_stats(stats: Iterable[CampaignStats]) -> CampaignStats:
    """Combine statistics of different subjects."""
    total, *other_stats = stats
    for following in other_stats:
        total = _add_stats(total, following)
    return total


def _add_stats(first: CampaignStats, second: CampaignStats) -> CampaignStats:
    best = max(first, second, key=_title_rank)
    return CampaignStats(
        findings=first.findings + second.findings,
        subjects=first.subjects + second.subjects,
        victims=first.victims + second.victims,
        calls=min(first.calls + second.calls, MAX_CALLS),
        money=min(first.money + second.money, MAX_MONEY),
        top_score=best.top_score,
        heat=combine_heat(first.heat, second.heat),
        fraud_type=best.fraud_type,
        detector=best.detector,
        simulated=first.simulated and second.simulated,
        marking=first.marking
        if first.marking == second.marking
        else min(first.marking, second.marking, key=STRICTNESS.__getitem__),
        first_at=min(first.first_at, second.first_at),
        last_at=max(first.last_at, second.last_at),
    )


def _title_rank(stats: CampaignStats) -> tuple[Any, ...]:
    """Return the sort key that selects the fraud type of combined statistics: suspects first, then by score."""
    return (
        stats.fraud_type not in TO_WARN,
        stats.top_score,
        bool(stats.fraud_type),
        stats.fraud_type,
        stats.detector,
    )


HALF_LIFE_MS = 6 * 3_600_000
_MIN_SCORE = 0.01


def finding_heat(score: float, found_at: int) -> float:
    """Return the heat of one finding (UTC ms)."""
    return found_at / HALF_LIFE_MS + log2(max(score, _MIN_SCORE))


def combine_heat(first: float, second: float) -> float:
    """Return the heat of two findings or sets of findings together."""
    high, low = max(first, second), min(first, second)
    return high + log2(1 + 2.0 ** max(low - high, -100.0))


def current_heat(heat: float, now: int) -> float:
    """Return the decayed heat at a moment (UTC ms), as an equivalent number of certain findings at that moment."""
    return float(2.0 ** max(-100.0, min(100.0, heat - now / HALF_LIFE_MS)))


_BY_STRICTNESS = {rank: marking for marking, rank in STRICTNESS.items()}
#: Bits of the lower half of money, which is summed in two halves: a sum of maximum values exceeds 64 bits in SQLite.
_HALF = 32
_STATEMENT = """
WITH held AS (
    SELECT p.*,
        MAX(heat) OVER (PARTITION BY campaign_id) AS hottest,
        ROW_NUMBER() OVER (PARTITION BY campaign_id ORDER BY
            CASE WHEN fraud_type IN ({warned}) THEN 1 ELSE 0 END, top_score DESC,
            CASE WHEN fraud_type = '' THEN 1 ELSE 0 END, fraud_type {letters} DESC, detector {letters} DESC) AS place
    FROM {table} p JOIN {given} ON p.campaign_id = given.campaign)
SELECT campaign_id,
    SUM(findings), SUM(CASE WHEN is_victim THEN 0 ELSE 1 END), SUM(CASE WHEN is_victim THEN 1 ELSE 0 END),
    SUM(calls), SUM(money >> {half}), SUM(money & {rest}),
    MAX(CASE WHEN place = 1 THEN top_score END), MAX(hottest),
    SUM(POWER(2.0, CASE WHEN heat - hottest < -100 THEN -100 ELSE heat - hottest END)),
    MAX(CASE WHEN place = 1 THEN fraud_type END), MAX(CASE WHEN place = 1 THEN detector END),
    MIN(CASE WHEN simulated THEN 1 ELSE 0 END), MIN(CASE marking {strictness} END), MIN(first_at), MAX(last_at)
FROM held GROUP BY campaign_id
"""


def sum_stats(campaigns: Collection[int]) -> dict[int, CampaignStats]:
    """Compute the statistics of campaigns (primary keys) from their placements; empty campaigns are left out."""
    return dict(_read_stats(campaigns)) if campaigns else {}


def _read_stats(campaigns: Collection[int]) -> Iterator[tuple[int, CampaignStats]]:
    values, bound = bulk.values_table(("campaign", "bigint", sorted(campaigns)))
    statement = _STATEMENT.format(
        warned=", ".join(f"'{fraud_type_name}'" for fraud_type_name in sorted(TO_WARN)),
        letters='COLLATE "C"' if connection.vendor == "postgresql" else "",
        table=Placement._meta.db_table,
        given=values,
        half=_HALF,
        rest=2**_HALF - 1,
        strictness=" ".join(f"WHEN '{marking}' THEN {rank}" for marking, rank in STRICTNESS.items()),
    )
    for key, findings, subjects, victims, calls, high, low, score, hottest, parts, *columns in bulk.select(
        statement, *bound
    ):
        fraud_type, detector, simulated, strictest, first_at, last_at = columns
        yield (
            key,
            CampaignStats(
                int(findings),
                int(subjects),
                int(victims),
                min(int(calls), MAX_CALLS),
                min((int(high) << _HALF) + int(low), MAX_MONEY),
                score,
                hottest + log2(parts),
                fraud_type,
                detector,
                bool(simulated),
                _BY_STRICTNESS[strictest],
                _as_datetime(first_at),
                _as_datetime(last_at),
            ),
        )


def _as_datetime(value: Any) -> datetime:
    """Return a time as read from the database: SQLite stores it as text, in UTC."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).replace(tzinfo=UTC)
