"""Read reports of the public: those of the viewer's organisation, and who may read them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, QuerySet, Sum

from fanzha.command.processes.selectors import find_steps
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


#: Reports that were taken up; what was held back as a flood, failed or waits is no figure of what people met.
_TAKEN_UP = (ReportState.OPENED, ReportState.JOINED)
_CHECKED_EVENTS = ("find_true", "find_unfounded")


@dataclass(frozen=True)
class PeriodFigures:
    """Figures of the reports of a period, counted from the rows of the viewer's organisation.

    `categories`, `fraud_types` ("" is not judged) and `channels` hold the numbers of reports. `checked` processes were
    checked by the operator of the reported thing, `confirmed` of them found true. `losses` are stated by reporters, in
    CNY and in ascending order.
    """

    total: int
    held: int
    paid: int
    categories: dict[str, int]
    fraud_types: dict[str, int]
    channels: dict[str, int]
    checked: int
    confirmed: int
    losses: list[int]


def count_period(begins: datetime, ends: datetime) -> PeriodFigures:
    """Return the figures of the reports that the current viewer may read, received since `begins` and before `ends`."""
    received = Report.objects.filter(received_at__gte=begins, received_at__lt=ends).order_by()
    rows = received.filter(state__in=_TAKEN_UP)

    def count_by(column: str) -> dict[str, int]:
        return dict(rows.values_list(column).annotate(count=Count("pk")))

    processes = rows.exclude(process="").values("process")
    checks = find_steps().filter(instance__ref__in=processes, event__in=_CHECKED_EVENTS)
    by_event = dict(checks.order_by().values_list("event").annotate(count=Count("instance", distinct=True)))
    losses = rows.filter(loss__gt=0).order_by("loss").values_list("loss", flat=True)
    return PeriodFigures(
        total=rows.count(),
        held=received.filter(state=ReportState.HELD).count(),
        paid=rows.filter(grade="paid").count(),
        categories=count_by("category"),
        fraud_types=count_by("fraud_type"),
        channels=count_by("channel"),
        checked=checks.order_by().values("instance").distinct().count(),
        confirmed=by_event.get("find_true", 0),
        losses=[loss for loss in losses if loss is not None],
    )


class ProcessLosses(NamedTuple):
    """What the reports of one process say was lost (CNY), and in how many of them."""

    reports: int
    with_loss: int
    loss: int


def sum_losses(process: str) -> ProcessLosses:
    """Return the losses in all reports that the current viewer may read of a process."""
    rows = Report.objects.filter(process=process).order_by()
    sums = rows.aggregate(reports=Count("pk"), with_loss=Count("loss"), loss=Sum("loss"))
    return ProcessLosses(sums["reports"], sums["with_loss"], sums["loss"] or 0)


def find_joined(report: Report) -> QuerySet[Report]:
    """Return the other reports of the process of a report, the latest first; none without a process."""
    rows = find_reports().filter(process=report.process).exclude(pk=report.pk)
    return rows if report.process else rows.none()
