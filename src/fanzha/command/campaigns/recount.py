"""Figures of campaigns made anew from the findings that stand: some were withdrawn, or replaced by a later version."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce

from fanzha.command.campaigns.campaign_writer import set_figures, write
from fanzha.command.campaigns.clustering import write_figures
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.campaigns.stats import Figures, more_of_one, of_row, sum_stats
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.database.bulk import these


def recount(owner: int, subjects: Collection[int], at: datetime) -> None:
    """Count the findings on subjects (primary keys) again; whom nothing is left of leaves its campaign."""
    placements = list(Placement._base_manager.filter(owner=owner, subject__in=these(subjects)))
    left = _figures(owner, [one.subject_id for one in placements])
    write_figures([(one.pk, left[one.subject_id]) for one in placements if one.subject_id in left])
    gone = [one.pk for one in placements if one.subject_id not in left]
    Placement._base_manager.filter(pk__in=these(gone)).delete()
    _count(sorted({one.campaign_id for one in placements}), at)


def _figures(owner: int, subjects: Collection[int]) -> dict[int, Figures]:
    rows = FindingRow._base_manager.filter(FindingRow.standing(), owner=owner, subject__in=these(subjects))
    found: dict[int, list[Figures]] = {}
    for row in rows.order_by("pk").iterator():
        found.setdefault(row.subject_id, []).append(of_row(row))
    return {subject: reduce(more_of_one, figures) for subject, figures in found.items()}


def _count(campaigns: Collection[int], at: datetime) -> None:
    rows = {
        row.pk: row for row in Campaign._base_manager.select_for_update().filter(pk__in=these(campaigns)).order_by("pk")
    }
    held = sum_stats(rows)
    for key, figures in held.items():
        set_figures(rows[key], figures)
    write(rows[key] for key in held)
    empty = Campaign._base_manager.filter(pk__in=these([key for key in rows if key not in held]))
    empty.update(state=CampaignState.CLEARED, cleared_at=at, findings=0, subjects=0, victims=0, calls=0, money=0)
