"""Figures of campaigns made anew from the findings that stand: some were withdrawn, or replaced by a later version."""

from collections.abc import Collection
from datetime import datetime
from functools import reduce

from fanzha.command.campaigns.campaign_writer import set_stats, update_rows
from fanzha.command.campaigns.clustering import write_placement_stats
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.campaigns.stats import CampaignStats, combine_same_subject, stored_finding_stats, sum_stats
from fanzha.command.subjects.models import FindingRow
from fanzha.command.web.database.bulk import in_list


def recount_subjects(owner: int, subjects: Collection[int], at: datetime) -> None:
    """Count the findings on subjects (primary keys) again; whom nothing is left of leaves its campaign."""
    placements = list(Placement._base_manager.filter(owner=owner, subject__in=in_list(subjects)))
    left = _subject_stats(owner, [one.subject_id for one in placements])
    write_placement_stats([(one.pk, left[one.subject_id]) for one in placements if one.subject_id in left])
    gone = [one.pk for one in placements if one.subject_id not in left]
    Placement._base_manager.filter(pk__in=in_list(gone)).delete()
    _recount_campaigns(sorted({one.campaign_id for one in placements}), at)


def _subject_stats(owner: int, subjects: Collection[int]) -> dict[int, CampaignStats]:
    rows = FindingRow._base_manager.filter(FindingRow.standing(), owner=owner, subject__in=in_list(subjects))
    found: dict[int, list[CampaignStats]] = {}
    for row in rows.order_by("pk").iterator():
        found.setdefault(row.subject_id, []).append(stored_finding_stats(row))
    return {subject: reduce(combine_same_subject, figures) for subject, figures in found.items()}


def _recount_campaigns(campaigns: Collection[int], at: datetime) -> None:
    rows = {
        row.pk: row
        for row in Campaign._base_manager.select_for_update().filter(pk__in=in_list(campaigns)).order_by("pk")
    }
    held = sum_stats(rows)
    for key, figures in held.items():
        set_stats(rows[key], figures)
    update_rows(rows[key] for key in held)
    empty = Campaign._base_manager.filter(pk__in=in_list([key for key in rows if key not in held]))
    empty.update(state=CampaignState.CLEARED, cleared_at=at, findings=0, subjects=0, victims=0, calls=0, money=0)
