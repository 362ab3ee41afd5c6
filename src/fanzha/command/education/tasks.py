"""Recurring tasks of education: retire replaced versions, and put the figures of each month on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from fanzha.command.education.measurements import count_reads, lesson_runs
from fanzha.command.education.models import SHOWN, EducationVersion
from fanzha.command.processes.selectors import find_steps
from fanzha.command.processes.services import fire
from fanzha.command.web.scheduler import Job
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal

_UNSCOPED = unscoped("the site retires and measures versions for all organisations")


def retire_replaced(now: datetime) -> None:
    """Retire the versions in whose place a newer one is shown."""
    shown = _UNSCOPED.rows(EducationVersion).filter(state__in=SHOWN)
    for version in shown.exclude(item__live=F("pk")):
        _fire(version, "replace", {}, now)


def measure_months(now: datetime) -> None:
    """Record reads and quizzes of the month before for every version that was shown in it, once."""
    end = timezone.localtime(now).date().replace(day=1)
    begin = (end - timedelta(days=1)).replace(day=1)
    month = f"{begin:%Y-%m}"
    shown = _UNSCOPED.rows(EducationVersion).filter(state__in=SHOWN, shown_at__date__lt=end)
    recorded = find_steps(_UNSCOPED).filter(event="measure", instance__ref__in=shown.values("process"))
    done = {
        ref for ref, evidence in recorded.values_list("instance__ref", "evidence") if evidence.get("month") == month
    }
    for version in shown:
        if version.process not in done:
            runs = lesson_runs(version).filter(Q(day__gte=begin) & Q(day__lt=end)).count()
            _fire(version, "measure", {"month": month, "reads": count_reads(version, begin, end), "tested": runs}, now)


def _fire(version: EducationVersion, event: str, evidence: dict[str, object], now: datetime) -> None:
    """Fire an event of the system; a version that left the state meanwhile is left as it is."""
    try:
        fire(version.process, event, SYSTEM, evidence, at=now)
    except Refusal:
        return


JOBS = (
    Job("retire replaced education items", timedelta(minutes=1), retire_replaced),
    Job("measure education items", timedelta(hours=6), measure_months),
)
