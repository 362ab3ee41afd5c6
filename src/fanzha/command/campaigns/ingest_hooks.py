"""Keep campaigns up to date with each batch of findings (called by `subjects.ingest.loader`)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import reduce

from fanzha.command.campaigns.campaign_writer import set_stats, update_rows
from fanzha.command.campaigns.clustering import cluster_findings, write_placement_stats
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement
from fanzha.command.campaigns.stats import CampaignStats, combine_same_subject, stored_finding_stats, sum_stats
from fanzha.command.subjects.selectors import find_standing_findings
from fanzha.command.subjects.services import StoredFinding
from fanzha.command.web.database.bulk import in_list
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("campaigns are counted over all findings of their owner")


def after_batch(findings: Sequence[StoredFinding], superseded: Mapping[int, set[int]], at: datetime) -> None:
    """Cluster the subjects of stored findings into campaigns; recount campaigns whose findings were superseded.

    `superseded` maps the primary key of an owner to those of subjects. Runs in the transaction of the batch.
    """
    cluster_findings(findings, at)
    for owner_pk, subject_pks in superseded.items():
        recount_subjects(owner_pk, subject_pks, at)


def recount_subjects(owner_pk: int, subject_pks: Collection[int], at: datetime) -> None:
    """Recompute statistics of subjects after findings were withdrawn or superseded.

    A subject without findings leaves its campaign.
    """
    placements = list(_UNSCOPED.rows(Placement).filter(owner=owner_pk, subject__in=in_list(subject_pks)))
    stats = _subject_stats(owner_pk, [placement.subject_id for placement in placements])
    write_placement_stats(
        [(placement.pk, stats[placement.subject_id]) for placement in placements if placement.subject_id in stats]
    )
    emptied = [placement.pk for placement in placements if placement.subject_id not in stats]
    _UNSCOPED.rows(Placement).filter(pk__in=in_list(emptied)).delete()
    _recount_campaigns(sorted({placement.campaign_id for placement in placements}), at)


def _subject_stats(owner_pk: int, subject_pks: Collection[int]) -> dict[int, CampaignStats]:
    rows = find_standing_findings(_UNSCOPED).filter(owner=owner_pk, subject__in=in_list(subject_pks))
    stats_by_subject: dict[int, list[CampaignStats]] = {}
    for row in rows.order_by("pk").iterator():
        stats_by_subject.setdefault(row.subject_id, []).append(stored_finding_stats(row))
    return {subject: reduce(combine_same_subject, stats) for subject, stats in stats_by_subject.items()}


def _recount_campaigns(campaign_pks: Collection[int], at: datetime) -> None:
    rows = {
        row.pk: row
        for row in _UNSCOPED.rows(Campaign).select_for_update().filter(pk__in=in_list(campaign_pks)).order_by("pk")
    }
    stats_by_campaign = sum_stats(rows)
    for key, stats in stats_by_campaign.items():
        set_stats(rows[key], stats)
    update_rows(rows[key] for key in stats_by_campaign)
    empty = _UNSCOPED.rows(Campaign).filter(pk__in=in_list([key for key in rows if key not in stats_by_campaign]))
    empty.update(state=CampaignState.CLEARED, cleared_at=at, findings=0, subjects=0, victims=0, calls=0, money=0)
