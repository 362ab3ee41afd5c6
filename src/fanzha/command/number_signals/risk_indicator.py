"""Answers to banks about a number: the risk indicator from verdicts in force, and whether the holder is warned now.

An indicator states a suspicion, never that a number is safe, and is no limit: the bank decides by its own rules
(Anti-Telecom and Online Fraud Law, Art. 18).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.core import signing
from django.core.cache import cache
from django.db.models import Count, Q, Sum

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.base.marking import Marking
from fanzha.command.number_signals.models import IndicatorFeedback, IndicatorOutcome
from fanzha.command.number_signals.request_journal import hash_number
from fanzha.command.number_signals.services import INDICATOR_SALT
from fanzha.command.processes.selectors import find_instances
from fanzha.command.subjects.selectors import find_current_verdicts, find_subjects_of_values
from fanzha.command.web.scoping import unscoped
from fanzha.learn.intervals import exact_interval

_REASON = "the owner of the verdicts opened them to the bank on a document of basis"
_UNSCOPED = unscoped("feedback of all banks counts")
KIND = "phone_number"
#: Processes that show that a person is being warned, or money is being stopped, at this moment.
WORK_PROCESSES = ("dissuasion", "risk_hint", "stop_payment")


class Grade(StrEnum):
    """Grades of a number, as banks know them from other countries' risk indicators."""

    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


PRECISION_SECONDS = 60
#: An indicator expires after so many days, also if its verdict is still in force.
MOST_DAYS = timedelta(days=30)
#: The lowest score of a grade. A verdict of the level `watch` is never above medium.
VERY_HIGH_SCORE, HIGH_SCORE = 0.9, 0.7


class GradePrecision(NamedTuple):
    """How often banks confirmed a grade: `n` reports, `confirmed` of them, the share with its 95 % interval.

    `share` is None without a report. `stopped_cny` is what banks stated to have stopped, with `amounts` reports.
    """

    grade: str
    n: int
    confirmed: int
    share: float | None
    low: float
    high: float
    stopped_cny: float
    amounts: int


def grade_of(level: str, score: float, *, is_decided: bool) -> Grade | None:
    """Return the grade of a verdict, None if it gives none. Above medium a person must have decided it."""
    if level == "watch" or (level == "suspected" and not is_decided):
        return Grade.MEDIUM
    if level != "suspected":
        return None
    if score >= VERY_HIGH_SCORE:
        return Grade.VERY_HIGH
    return Grade.HIGH if score >= HIGH_SCORE else Grade.MEDIUM


def find_indicator(
    number: str, owner: int, bank: int, *, holder_from: datetime | None, now: datetime
) -> dict[str, object] | None:
    """Return the indicator that an organisation's verdicts give on a number, None if they give none.

    Verdicts on an earlier holder, of before `holder_from`, give none. `owner` and `bank` are primary keys.
    """
    with unscoped(_REASON):
        subjects = find_subjects_of_values(KIND, [number]).values("pk")
        verdicts = find_current_verdicts().filter(Q(until=None) | Q(until__gt=now), owner=owner, subject__in=subjects)
        # A verdict on calls of one ingress may be about a forged number; it says nothing of the holder.
        verdicts = verdicts.filter(simulated=False, direction="", service="", ingress="").exclude(marking=Marking.RED)
    if holder_from is not None:
        verdicts = verdicts.filter(since__gte=holder_from)
    graded = [
        (grade, row)
        for row in verdicts.order_by("pk")
        if (grade := grade_of(row.level, row.score, is_decided=bool(row.decided_by))) is not None
    ]
    if not graded:
        return None
    order = list(Grade)
    grade, row = max(graded, key=lambda pair: (order.index(pair[0]), pair[1].score, pair[1].pk))
    content = {"id": hash_number(f"verdict {row.pk}"), "owner": owner, "grade": grade.value, "bank": bank}
    title = FRAUD_TYPES.get(row.fraud_type, FRAUD_TYPES["other"])
    longest = now + MOST_DAYS  # none is for ever: after that the bank asks again
    return {
        "grade": grade.value,
        "reason": {"code": row.fraud_type or "other", "zh": title.zh, "en": title.en},
        "decidedBy": "person" if row.decided_by else "machine",
        "since": row.since.isoformat(),
        "expiresAt": min(row.until or longest, longest).isoformat(),
        "indicator": signing.dumps(content, salt=INDICATOR_SALT),
        "precision": _recent_precision(owner, grade)._asdict(),
    }


def is_worked_on(number: str, owner: int, holder_from: datetime | None = None) -> bool:
    """Return whether an organisation is warning the present holder of a number or stopping a payment now."""
    with unscoped(_REASON):
        refs = list(find_subjects_of_values(KIND, [number]).values_list("ref", flat=True))
        running = find_instances().filter(owner=owner, process__in=WORK_PROCESSES, ended_at=None, about__in=refs)
        if holder_from is not None:
            running = running.filter(opened_at__gte=holder_from)
        return bool(refs) and running.exists()


def precision_of(owner: int, grade: str) -> GradePrecision:
    """Return how often banks confirmed an organisation's indicators of a grade."""
    rows = _UNSCOPED.rows(IndicatorFeedback).filter(stated_by=owner, grade=grade)
    counts = rows.aggregate(
        n=Count("pk"),
        confirmed=Count("pk", filter=Q(outcome=IndicatorOutcome.CONFIRMED)),
        amounts=Count("stopped_cny"),
        stopped=Sum("stopped_cny"),
    )
    n, confirmed = counts["n"], counts["confirmed"]
    interval = exact_interval(confirmed, n)
    return GradePrecision(
        grade=grade,
        n=n,
        confirmed=confirmed,
        share=round(confirmed / n, 4) if n else None,
        low=round(interval.low, 4),
        high=round(interval.high, 4),
        stopped_cny=float(counts["stopped"] or 0),
        amounts=counts["amounts"],
    )


def _recent_precision(owner: int, grade: str) -> GradePrecision:
    """Return the precision of a grade, cached for a minute because every answer has it."""
    name = f"grade-precision-{owner}-{grade}"
    found: GradePrecision | None = cache.get(name)
    if found is None:
        found = precision_of(owner, grade)
        cache.set(name, found, PRECISION_SECONDS)
    return found


def precision_table(owner: int) -> list[GradePrecision]:
    """Return the precision of every grade of an organisation."""
    return [precision_of(owner, grade) for grade in Grade]


def strongest(indicators: Iterable[dict[str, object]]) -> dict[str, object] | None:
    """Return the indicator with the highest grade, the first of equal ones."""
    order = [grade.value for grade in Grade]
    return max(indicators, key=lambda one: order.index(str(one["grade"])), default=None)
