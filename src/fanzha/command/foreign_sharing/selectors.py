"""Queries of approvals and exits, for their pages and API."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db.models import Count, QuerySet, Sum

from fanzha.command.exchange.selectors import SharedObjectRow, describe_objects
from fanzha.command.foreign_sharing.models import ForeignApproval, ForeignExit
from fanzha.command.web.roles import Role

#: Who enters approvals, who decides on what another entered, who may withdraw, and who sees it all.
ENTERERS = (Role.LIAISON, Role.ADMINISTRATOR)
CONFIRMERS = (Role.REVIEWER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
WITHDRAWERS = (Role.LIAISON, Role.REVIEWER, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.DUTY_OFFICER)
READERS = WITHDRAWERS


def find_approvals() -> QuerySet[ForeignApproval]:
    """Return the approvals of the current viewer's organisation without their documents, the latest first."""
    return ForeignApproval.objects.select_related("owner", "partner", "entered_by", "decided_by", "withdrawn_by").defer(
        "document"
    )


def find_exits(approval: ForeignApproval) -> QuerySet[ForeignExit]:
    """Return what left under an approval, the latest first."""
    return ForeignExit.objects.filter(approval=approval).select_related("partner", "collection").defer("rows")


class ExitTotals(NamedTuple):
    """How many answers and objects left under an approval, and when the last one did."""

    answers: int
    objects: int
    last_at: datetime | None


def total_exits(approval: ForeignApproval) -> ExitTotals:
    """Return the totals of what left under an approval."""
    rows = ForeignExit.objects.filter(approval=approval)
    totals = rows.order_by().aggregate(answers=Count("pk"), objects=Sum("objects_given"))
    last_at = rows.values_list("at", flat=True).first()
    return ExitTotals(totals["answers"], totals["objects"] or 0, last_at)


def list_exit_objects(row: ForeignExit) -> list[SharedObjectRow]:
    """Return the objects of one exit as they left; those whose time of retention is over are missing."""
    return describe_objects(msgspec.json.decode(zlib.decompress(bytes(row.rows)), type=list[int]))
