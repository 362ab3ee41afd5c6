"""What quizzes and reads show: rates with intervals, the gain by reading, and the difference of two versions.

A score is the share of frauds found less the share of genuine messages accused: suspicion of everything scores 0, as
does trust in everything. The gain is the score after reading less the score before, by the same person, in points.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from statistics import NormalDist
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum

from fanzha.command.education.models import EducationItem, EducationVersion, QuizRun, ReadCount
from fanzha.command.web.scoping import unscoped
from fanzha.learn.intervals import Interval, wilson_interval

_UNSCOPED = unscoped("decisions on a trial count the quizzes of the version's own organisation")
#: Below this number of quizzes nothing is concluded.
LEAST_RUNS = 30
_Z = NormalDist().inv_cdf(0.975)
_COUNTS = (
    "frauds_before", "hits_before", "genuine_before", "alarms_before",
    "frauds_after", "hits_after", "genuine_after", "alarms_after",
)  # fmt: skip


class QuizRate(NamedTuple):
    """A share with its 95 % interval (Wilson) and the number of answers that it is of."""

    share: float
    interval: Interval
    answers: int


class SetResult(NamedTuple):
    """How the messages of one set were judged: frauds found, genuine ones accused, and d' (log-linear correction)."""

    hits: QuizRate
    alarms: QuizRate
    sensitivity: float


class LessonResult(NamedTuple):
    """What a version taught: both sets, and the mean gain in points with its 95 % interval, by `runs` quizzes."""

    runs: int
    before: SetResult
    after: SetResult
    gain: float
    low: float
    high: float


class TrialComparison(NamedTuple):
    """The difference of the gains of two versions in points, with its 95 % interval (Welch)."""

    difference: float
    low: float
    high: float
    tested: int
    compared: int


class _Gains(NamedTuple):
    runs: int
    mean: float
    variance: float


def measure_lesson(version: EducationVersion, *, in_trial: bool = False) -> LessonResult | None:
    """Return what a version taught, None below the least number of quizzes."""
    rows = lesson_runs(version)
    gains = _gains(rows.filter(in_trial=True) if in_trial else rows)
    if gains.runs < LEAST_RUNS:
        return None
    total = rows.filter(in_trial=True) if in_trial else rows
    sums = total.order_by().aggregate(**{name: Sum(name) for name in _COUNTS})
    half = _Z * math.sqrt(gains.variance / gains.runs)
    before, after = (
        _set_result(*(sums[f"{name}_{when}"] for name in ("frauds", "hits", "genuine", "alarms")))
        for when in ("before", "after")
    )
    return LessonResult(gains.runs, before, after, *_points(gains.mean, gains.mean - half, gains.mean + half))


def compare_trial(version: EducationVersion) -> TrialComparison | None:
    """Return how much more a version in trial taught than the one that is shown; None while too few were asked."""
    if version.item.live is None:
        return None
    tested, compared = (_gains(_trial_runs(arm, version)) for arm in (version, version.item.live))
    if min(tested.runs, compared.runs) < LEAST_RUNS:
        return None
    half = _Z * math.sqrt(tested.variance / tested.runs + compared.variance / compared.runs)
    difference = tested.mean - compared.mean
    stated, low, high = _points(difference, difference - half, difference + half)
    return TrialComparison(stated, low, high, tested.runs, compared.runs)


def count_trial(version: EducationVersion) -> tuple[int, int]:
    """Return the numbers of quizzes with a version in trial, and with the one that is shown, in that trial."""
    arms = (version, version.item.live)
    tested, compared = (_trial_runs(arm, version).count() if arm is not None else 0 for arm in arms)
    return tested, compared


def lesson_runs(version: EducationVersion) -> QuerySet[QuizRun]:
    """Return the quizzes between whose sets a version was read."""
    return _UNSCOPED.rows(QuizRun).filter(lesson=version)


def count_reads(version: EducationVersion, since: date | None = None, until: date | None = None) -> int:
    """Return how often a version was read, since a day, before another one."""
    rows = _UNSCOPED.rows(ReadCount).filter(version=version)
    rows = rows.filter(day__gte=since) if since else rows
    rows = rows.filter(day__lt=until) if until else rows
    return rows.aggregate(total=Sum("count"))["total"] or 0


def reads_by_item(items: Iterable[EducationItem], since: date) -> dict[int, int]:
    """Return the reads of items (primary keys) since a day, all versions together."""
    rows = ReadCount.objects.filter(version__item__in=[item.pk for item in items], day__gte=since).order_by()
    return dict(rows.values_list("version__item").annotate(total=Sum("count")))


def _trial_runs(arm: EducationVersion, trial: EducationVersion) -> QuerySet[QuizRun]:
    """Return the quizzes with one arm of the trial of a version: those since its trial began."""
    rows = lesson_runs(arm).filter(in_trial=True)
    return rows if arm.pk == trial.pk or trial.trial_since is None else rows.filter(day__gte=trial.trial_since.date())


def _gains(rows: QuerySet[QuizRun]) -> _Gains:
    """Return number, mean and variance of the gains; runs with the same counts are one row of the database."""
    grouped = rows.order_by().values_list(*_COUNTS).annotate(runs=Count("pk"))
    weighed = [(_gain(row[:-1]), row[-1]) for row in grouped]
    runs = sum(count for _gain_of, count in weighed)
    if runs < 2:
        return _Gains(runs, 0.0, 0.0)
    mean = sum(gain * count for gain, count in weighed) / runs
    return _Gains(runs, mean, sum((gain - mean) ** 2 * count for gain, count in weighed) / (runs - 1))


def _gain(counts: tuple[int, ...]) -> float:
    before, after = (
        hits / max(frauds, 1) - alarms / max(genuine, 1) for frauds, hits, genuine, alarms in (counts[:4], counts[4:])
    )
    return after - before


def _set_result(frauds: int, hits: int, genuine: int, alarms: int) -> SetResult:
    normal = NormalDist()
    corrected = normal.inv_cdf((hits + 0.5) / (frauds + 1)) - normal.inv_cdf((alarms + 0.5) / (genuine + 1))
    return SetResult(_rate(hits, frauds), _rate(alarms, genuine), round(corrected, 2))


def _rate(part: int, whole: int) -> QuizRate:
    share = part / whole if whole else 0.0
    return QuizRate(share, wilson_interval(share, whole), whole)


def _points(*values: float) -> list[float]:
    return [round(100 * value, 1) for value in values]
