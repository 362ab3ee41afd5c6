"""Read reports of the public: those of the viewer's organisation, and who may read them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, QuerySet

from fanzha.command.reports.models import Report, ReportState
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import Unscoped, unscoped

_UNSCOPED = unscoped("a bulletin counts the reports of all organisations that its owner supervises")

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


def count_fraud_types(
    owners: Collection[int], since: datetime, until: datetime, *, simulated: bool
) -> list[tuple[str, int]]:
    """Return how many reports some organisations (primary keys) received in a span, by type of fraud, most first.

    The type is "" where the text does not tell; reports whose text says nothing are among them.
    """
    rows = _UNSCOPED.rows(Report).filter(owner__in=list(owners), received_at__gte=since, received_at__lt=until)
    rows = rows.filter(simulated=simulated).order_by()
    return list(rows.values_list("fraud_type").annotate(count=Count("pk")).order_by("-count", "fraud_type"))


def count_joined(process: str) -> int:
    """Return how many independent reporters a process has: different networks, or callers of a desk or feed."""
    return Report.objects.filter(process=process).order_by().values("block").distinct().count() if process else 0
