"""Read reports of the public: those of the viewer's organisation, and who may read them."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from fanzha.command.reports.models import Report, ReportState
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import Unscoped

#: Who reads reports of the own organisation, and who takes them by phone.
READERS = (Role.CLERK, Role.ANALYST, Role.REVIEWER, Role.DUTY_OFFICER, Role.INSPECTOR)
TAKERS = (Role.CLERK, Role.DUTY_OFFICER)
#: Who may read how to reach a reporter: those who answer and those who call back.
CALLERS = (Role.CLERK, Role.REVIEWER, Role.INSPECTOR)


def find_reports(state: str = "", value: str = "") -> QuerySet[Report]:
    """Return the reports that the current viewer may read, the latest first; only in a state or about a value."""
    rows = Report.objects.all().select_related("owner")
    rows = rows.filter(state=state) if state in set(ReportState) else rows
    return rows.filter(value=value) if value else rows


def all_reports(access: Unscoped) -> QuerySet[Report]:
    """Return the reports of all organisations."""
    return access.rows(Report)


def count_states() -> dict[str, int]:
    """Return how many reports of the current viewer are in each state."""
    rows = Report.objects.all().order_by().values_list("state").annotate(count=Count("pk"))
    return dict.fromkeys(ReportState.values, 0) | dict(rows)


def count_joined(process: str) -> int:
    """Return how many independent reporters a process has: different networks, or callers of a desk or feed."""
    return Report.objects.filter(process=process).order_by().values("block").distinct().count() if process else 0
