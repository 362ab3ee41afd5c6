"""Campaign rows as the importer writes them: begun, merged, grown, named; what people did with them is not touched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fanzha.base.ids import sortable_id
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement, Tie
from fanzha.command.campaigns.stats import CampaignStats, combine_stats
from fanzha.command.campaigns.ties import NAME_RANK
from fanzha.command.campaigns.union_find import SubjectGroup
from fanzha.command.subjects.canonical import CanonicalValue
from fanzha.command.web.database import bulk

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
    """One campaign that new findings touch. `added` is None for a new one, whose row has it already."""

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
    """Let a campaign be named by a tie if that says more than what names it now."""
    held = (row.tie_subjects, NAME_RANK.get(row.tie_kind, -2), row.tie_value)
    if (subjects, NAME_RANK.get(kind, -2), value) > held:
        row.tie_kind, row.tie_value, row.tie_subjects = kind, value[:200], subjects


def campaign_stats(row: Campaign) -> CampaignStats:
    """Return the figures that a campaign has."""
    return CampaignStats(*(getattr(row, name) for name in _STATS_FIELDS))


def set_stats(row: Campaign, figures: CampaignStats) -> None:
    """Give a campaign its figures."""
    for name, value in zip(_STATS_FIELDS, figures, strict=True):
        setattr(row, name, value)


def insert_campaigns(owner: int, figures: Sequence[CampaignStats]) -> list[Campaign]:
    """Write new campaigns; return them in the order given."""
    rows = []
    for one in figures:
        row = Campaign(ref=sortable_id(), owner_id=owner)
        set_stats(row, one)
        rows.append(row)
    cells: list[tuple[Any, ...]] = [tuple(getattr(row, name) for name in _INSERT_COLUMNS) for row in rows]
    numbers = dict(bulk.insert(Campaign, _INSERT_COLUMNS, cells, returning=("ref", "id")))
    for row in rows:
        row.pk = numbers[row.ref]
    return rows


def merge_rows(kept: Campaign, others: Sequence[Campaign]) -> None:
    """Put campaigns into one that is kept, with all that is in them."""
    if not others:
        return
    keys = [row.pk for row in others]
    Placement._base_manager.filter(campaign__in=keys).update(campaign=kept)
    Tie._base_manager.filter(campaign__in=keys).update(campaign=kept)
    set_stats(kept, combine_stats(map(campaign_stats, (kept, *others))))
    for row in others:
        propose_name(kept, row.tie_kind, row.tie_value, row.tie_subjects)
        if kept.state == CampaignState.CLEARED and row.state != CampaignState.CLEARED:
            kept.state = CampaignState.OPEN
    Campaign._base_manager.filter(pk__in=keys).update(state=CampaignState.MERGED, merged_into=kept)
    Campaign._base_manager.filter(merged_into__in=keys).update(merged_into=kept)


def save_changes(changed: Sequence[CampaignChange], at: datetime) -> None:
    """Write the campaigns; one that was cleared comes back with what was found since."""
    for one in changed:
        if one.added is not None:
            set_stats(one.campaign, combine_stats((campaign_stats(one.campaign), one.added)))
            _reopen_on_new_evidence(one.campaign, one.added, at)
    update_rows({one.campaign.pk: one.campaign for one in changed}.values())


def update_rows(rows: Iterable[Campaign]) -> None:
    """Write what the importer knows of campaigns, each once."""
    bulk.update(
        Campaign, "id", _UPDATE_COLUMNS, [(row.pk, *(getattr(row, name) for name in _UPDATE_COLUMNS)) for row in rows]
    )


def _reopen_on_new_evidence(row: Campaign, added: CampaignStats, at: datetime) -> None:
    if row.state == CampaignState.CLEARED and row.cleared_at is not None and added.last_at > row.cleared_at:
        row.state, row.came_back_at = CampaignState.OPEN, at
    elif row.state == CampaignState.ORDERED:
        row.came_back_at = at
