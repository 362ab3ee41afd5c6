"""Find people who unmask unusually many values, or whose requests for values were refused.

Unmaskings are compared with the person's own past days and with colleagues.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour, TruncDate

from fanzha.base.words import Words
from fanzha.command.exports.models import Unmasking
from fanzha.command.organizations.selectors import refused_disclosures

#: Days of the baseline, which excludes the last 24 hours.
DAYS = 28
#: A day is unusual from FEW unmaskings on if it has TIMES the usual number.
FEW, TIMES = 10, 3
#: Minimum number of people who unmasked the same subject within a week.
CURIOUS = 5
NIGHT = (21, 7)  # start and end, local hours

_OWN = Words("近24小时 {count} 次，平时每天 {usual} 次", "{count} in 24 hours; usually {usual} a day")
_OTHERS = Words("近24小时 {count} 次，同事平时每天 {usual} 次", "{count} in 24 hours; colleagues usually {usual} a day")
_NIGHT = Words("其中 {count} 次在夜间", "{count} of them at night")
_NO_CASE = Words("其中 {count} 次未注明案件", "{count} of them without a case")
_GUESSED = Words("逐个试探 {shown} 的隐藏位，{count} 次被拒绝", "tried the hidden digits of {shown} ({count} refusals)")
_OVER = Words("查询超出限额，{count} 次被拒绝", "went over the limit of values ({count} refusals)")


class UnusualViewer(NamedTuple):
    """One person's unmaskings in the last 24 hours and on a usual day, and what is unusual."""

    actor: str
    times: int
    subjects: int
    usual: float
    odd: tuple[Words, ...]


class RepeatedSearch(NamedTuple):
    """One subject that many people unmasked within a week."""

    subject: str
    shown: str
    people: int
    times: int


def unusual_viewers(now: datetime) -> list[UnusualViewer]:
    """Return the viewers of the last 24 hours, unusual ones first, with those who were refused. Runs three queries."""
    since = now - timedelta(days=1)
    usual_counts = _usual_counts(now - timedelta(days=DAYS), since)
    colleague_median = median(usual_counts.values()) if usual_counts else 0.0
    rows = Unmasking.objects.filter(at__gte=since).annotate(hour=ExtractHour("at")).values("actor")
    night = Q(hour__gte=NIGHT[0]) | Q(hour__lt=NIGHT[1])
    counted = rows.annotate(
        times=Count("pk"),
        subjects=Count("subject", distinct=True),
        night=Count("pk", filter=night),
        no_case=Count("pk", filter=Q(case="")),
    ).order_by()
    found = [_review_viewer(row, usual_counts.get(row["actor"], 0.0), colleague_median) for row in counted]
    viewers = _add_refusals({viewer.actor: viewer for viewer in found}, since, usual_counts)
    return sorted(viewers, key=lambda viewer: (not viewer.odd, -viewer.times, viewer.actor))


def repeated_searches(now: datetime) -> list[RepeatedSearch]:
    """Return the subjects that many people unmasked within a week, the most frequent first."""
    rows = Unmasking.objects.filter(at__gte=now - timedelta(days=7)).values("subject", "shown")
    counted = rows.annotate(people=Count("actor", distinct=True), times=Count("pk")).filter(people__gte=CURIOUS)
    return [RepeatedSearch(**row) for row in counted.order_by("-people", "-times", "subject")[:20]]


def _add_refusals(
    viewers: dict[str, UnusualViewer], since: datetime, usual_counts: dict[str, float]
) -> list[UnusualViewer]:
    """Return the viewers, with those whose requests for values were refused since a moment."""
    for refusal in refused_disclosures(since).order_by("-shown", "pk"):
        nobody = UnusualViewer(refusal.actor, 0, 0, usual_counts.get(refusal.actor, 0.0), ())
        viewer = viewers.get(refusal.actor, nobody)
        words = (_GUESSED if refusal.shown else _OVER).format(count=refusal.times, shown=refusal.shown)
        viewers[refusal.actor] = viewer._replace(odd=(*viewer.odd, words))
    return list(viewers.values())


def _usual_counts(since: datetime, until: datetime) -> dict[str, float]:
    """Return the median number of unmaskings per active day of each person."""
    rows = Unmasking.objects.filter(at__gte=since, at__lt=until).annotate(day=TruncDate("at")).values("actor", "day")
    days = defaultdict(list)
    for row in rows.annotate(times=Count("pk")).order_by():
        days[row["actor"]].append(row["times"])
    return {actor: median(counts) for actor, counts in days.items()}


def _review_viewer(row: Any, usual: float, others: float) -> UnusualViewer:
    count = row["times"]
    odd = []
    if count >= FEW and count >= TIMES * max(usual, 1.0):
        odd.append(_OWN.format(count=count, usual=f"{usual:g}"))
    if count >= FEW and count >= TIMES * max(others, 1.0):
        odd.append(_OTHERS.format(count=count, usual=f"{others:g}"))
    if odd:
        odd += [
            words.format(count=row[name]) for words, name in ((_NIGHT, "night"), (_NO_CASE, "no_case")) if row[name]
        ]
    return UnusualViewer(row["actor"], count, row["subjects"], usual, tuple(odd))
