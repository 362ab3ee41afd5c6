"""Have the pages that people report looked at in the sandbox, never in their session.

Only reports that the worker opened or joined count. Reports of one page share its look of the day, and a budget limits
how many pages a flood of reports can have fetched.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet

from fanzha.command.captures.selectors import all_captures, find_captures
from fanzha.command.captures.services import CaptureSource, is_looking, request_look
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.reports.models import Report, ReportState
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.captures.models import Capture
    from fanzha.command.organizations.models import Organization

_UNSCOPED = unscoped("pages in reports are looked at for the organisation that received them")
BATCH = 500
#: How long a look is reused for further reports of the same page, and how long a report waits for the budget.
DAY = timedelta(days=1)
#: Value of `Report.look` for a link that is no page.
NO_PAGE = "-"


def request_report_looks(now: datetime) -> int:
    """Ask for looks at the pages in reports of the last day; return how many were asked for."""
    if not is_looking():
        return 0
    owners = _to_look(now).order_by().values_list("owner", flat=True).distinct()
    return sum(_request_looks(get_organization(owner), now) for owner in list(owners))


def find_look(report: Report) -> Capture | None:
    """Return the look at the page of a report, if the current viewer may read it."""
    return find_captures().filter(ref=report.look).first() if report.look not in ("", NO_PAGE) else None


def _to_look(now: datetime) -> QuerySet[Report]:
    """Return the reports with a page to look at, those with most evidence first."""
    rows = _UNSCOPED.rows(Report).filter(state__in=(ReportState.OPENED, ReportState.JOINED), look="")
    rows = rows.exclude(link="").filter(received_at__gt=now - DAY)
    return rows.order_by("-is_backed", F("score").desc(nulls_last=True), "pk")


def _request_looks(owner: Organization, now: datetime) -> int:
    reports = list(_to_look(now).filter(owner=owner)[:BATCH])
    recent = all_captures(_UNSCOPED).filter(owner=owner, asked_at__gt=now - DAY).order_by("pk")
    left = load_report_settings().looks_per_day - recent.filter(source=CaptureSource.REPORT).count()
    links = sorted({report.link for report in reports})
    known = dict(recent.filter(url__in=in_list(links, "text")).values_list("url", "ref"))
    asked = 0
    for report in reports:
        if report.link not in known:
            if asked >= left:
                continue  # it waits for the budget
            try:
                look = request_look(owner, report.link, CaptureSource.REPORT, about=report.ref, now=now)
            except Refusal:
                known[report.link] = NO_PAGE
            else:
                known[report.link] = look.ref
                asked += 1
        _UNSCOPED.rows(Report).filter(pk=report.pk).update(look=known[report.link])
    return asked
