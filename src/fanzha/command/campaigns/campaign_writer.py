"""Insert, merge, update and name campaign rows during ingestion; columns that people change are not written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement, Tie
from fanzha.command.campaigns.stats import CampaignStats, combine_stats
from fanzha.command.campaigns.ties import NAME_RANK
from fanzha.command.campaigns.union_find import SubjectGroup
from fanzha.command.collaboration.services import notify_subscribers
from fanzha.command.subjects.services import CanonicalValue
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

_UNSCOPED = unscoped("the importer writes campaigns of every owner")

_STATS_FIELDS = CampaignStats._fields
_INSERT_COLUMNS = (
    "ref",
    "owner_id",
    *_STATS_FIELDS,
    "state",
    "tie_kind",
    "tie_value",
    "tie_subjects",
    "note",
    "cleared_why",
    "process",
    "revision",
)
_UPDATE_COLUMNS = (*_STATS_FIELDS, "state", "came_back_at", "tie_kind", "tie_value", "tie_subjects")


@dataclass
class CampaignChange:
    """A campaign changed by new findings. `added` is None for a new campaign, whose row includes them already."""

    campaign: Campaign
    group: SubjectGroup
    added: CampaignStats | None
    is_new: bool

    def propose_names(self, ties: Sequence[Tie], values: Mapping[int, CanonicalValue]) -> None:
        """Name the campaign by the tie that most of its subjects have, else by its only subject."""
        row = self.campaign
        if not row.tie_kind and self.group.subjects:
            value = values[self.group.subjects[0]]
            row.tie_kind, row.tie_value, row.tie_subjects = value.kind, (value.shown or value.value)[:200], 1
        for tie in ties:
            if not tie.is_hub and tie.subjects > 1:
                propose_name(row, tie.kind, tie.value, tie.subjects)


def propose_name(row: Campaign, kind: str, value: str, subjects: int) -> None:
    """Name a campaign by a tie if that is more informative than its present name."""
    current = (row.tie_subjects, NAME_RANK.get(row.tie_kind, -2), row.tie_value)
    if (subjects, NAME_RANK.get(kind, -2), value) > current:
        row.tie_kind, row.tie_value, row.tie_subjects = kind, value[:200], subjects


def campaign_stats(row: Campaign) -> CampaignStats:
    """Return the statistics of a campaign row."""
    return CampaignStats(*(getattr(row, name) for name in _STATS_FIELDS))


def set_stats(row: Campaign, stats: CampaignStats) -> None:
    """Set the statistics of a campaign row."""
    for name, value in zip(_STATS_FIELDS, stats, strict=True):
        setattr(row, name, value)


def insert_campaigns(owner: int, stats: Sequence[CampaignStats]) -> list[Campaign]:
    """Write new campaigns; return them in the order given."""
    rows = []
    for new_stats in stats:
        row = Campaign(ref=sortable_id(), owner_id=owner)
        set_stats(row, new_stats)
        rows.append(row)
    cells: list[tuple[Any, ...]] = [tuple(getattr(row, name) for name in _INSERT_COLUMNS) for row in rows]
    keys = dict(bulk.insert(Campaign, _INSERT_COLUMNS, cells, returning=("ref", "id")))
    for row in rows:
        row.pk = keys[row.ref]
    return rows


def merge_rows(target: Campaign, sources: Sequence[Campaign]) -> None:
    """Merge campaigns into the target, with their placements and ties."""
    if not sources:
        return
    keys = [row.pk for row in sources]
    _UNSCOPED.rows(Placement).filter(campaign__in=keys).update(campaign=target)
    _UNSCOPED.rows(Tie).filter(campaign__in=keys).update(campaign=target)
    set_stats(target, combine_stats(map(campaign_stats, (target, *sources))))
    for row in sources:
        propose_name(target, row.tie_kind, row.tie_value, row.tie_subjects)
        if target.state == CampaignState.CLEARED and row.state != CampaignState.CLEARED:
            target.state = CampaignState.OPEN
    _UNSCOPED.rows(Campaign).filter(pk__in=keys).update(state=CampaignState.MERGED, merged_into=target)
    _UNSCOPED.rows(Campaign).filter(merged_into__in=keys).update(merged_into=target)


def save_changes(changes: Sequence[CampaignChange], at: datetime) -> None:
    """Write the campaigns; a cleared campaign is reopened with the findings since then."""
    for change in changes:
        if change.added is not None:
            set_stats(change.campaign, combine_stats((campaign_stats(change.campaign), change.added)))
            _reopen_on_new_evidence(change.campaign, change.added, at)
            if change.campaign.state == CampaignState.ORDERED and change.added.subjects > 0:
                notify_of_return(change.campaign, change.added.subjects, at)
    update_rows({change.campaign.pk: change.campaign for change in changes}.values())


def notify_of_return(campaign: Campaign, subjects: int, at: datetime) -> None:
    """Notify who follows an ordered campaign of new subjects that joined it, once a day: an order does not cover them.

    A site that was blocked comes back under another name, which its kit or other parts tie to the campaign.
    """
    title = campaign.title
    notify_subscribers(
        campaign.ref,
        Words(
            f"{title.zh}：下达指令后又出现{subjects}个新对象，尚未列入指令",
            f"{title.en}: {subjects} new after the order, which does not cover {'it' if subjects == 1 else 'them'}",
        ),
        path=reverse("campaign", args=[campaign.ref]),
        key=f"campaign-returned:{campaign.ref}:{campaign.process}:{at:%Y-%m-%d}",
        at=at,
        organizations=[campaign.owner_id],
    )


def update_rows(rows: Iterable[Campaign]) -> None:
    """Write the changed columns of campaigns, each campaign once."""
    bulk.update(
        Campaign, "id", _UPDATE_COLUMNS, [(row.pk, *(getattr(row, name) for name in _UPDATE_COLUMNS)) for row in rows]
    )


def _reopen_on_new_evidence(row: Campaign, added: CampaignStats, at: datetime) -> None:
    if row.state == CampaignState.CLEARED and row.cleared_at is not None and added.last_at > row.cleared_at:
        row.state, row.came_back_at = CampaignState.OPEN, at
    elif row.state == CampaignState.ORDERED:
        row.came_back_at = at
