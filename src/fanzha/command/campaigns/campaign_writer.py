"""Campaign rows as the importer writes them: begun, merged, grown, named; what people did with them is not touched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fanzha.base.ids import sortable_id
from fanzha.command.campaigns.models import Campaign, CampaignState, Placement, Tie
from fanzha.command.campaigns.stats import Figures, of_several
from fanzha.command.campaigns.ties import RANK
from fanzha.command.campaigns.union_find import Group
from fanzha.command.subjects.canonical import Kept
from fanzha.command.web.database import bulk

_FIGURES = Figures._fields
_BEGUN = (
    "ref",
    "owner_id",
    *_FIGURES,
    "state",
    "tie_kind",
    "tie_value",
    "tie_subjects",
    "note",
    "cleared_why",
    "process",
    "revision",
)
_SAVED = (*_FIGURES, "state", "came_back_at", "tie_kind", "tie_value", "tie_subjects")


@dataclass
class Changed:
    """One campaign that new findings touch. `added` is None for a new one, whose row has it already."""

    campaign: Campaign
    group: Group
    added: Figures | None
    is_new: bool

    def name(self, ties: Sequence[Tie], values: Mapping[int, Kept]) -> None:
        """Name the campaign by the tie that most of its subjects have, else by its only subject."""
        row = self.campaign
        if not row.tie_kind and self.group.subjects:
            value = values[self.group.subjects[0]]
            row.tie_kind, row.tie_value, row.tie_subjects = value.kind, (value.shown or value.value)[:200], 1
        for tie in ties:
            if not tie.is_hub and tie.subjects > 1:
                offer_name(row, tie.kind, tie.value, tie.subjects)


def offer_name(row: Campaign, kind: str, value: str, subjects: int) -> None:
    """Let a campaign be named by a tie if that says more than what names it now."""
    held = (row.tie_subjects, RANK.get(row.tie_kind, -2), row.tie_value)
    if (subjects, RANK.get(kind, -2), value) > held:
        row.tie_kind, row.tie_value, row.tie_subjects = kind, value[:200], subjects


def figures_of(row: Campaign) -> Figures:
    """Return the figures that a campaign has."""
    return Figures(*(getattr(row, name) for name in _FIGURES))


def set_figures(row: Campaign, figures: Figures) -> None:
    """Give a campaign its figures."""
    for name, value in zip(_FIGURES, figures, strict=True):
        setattr(row, name, value)


def begin(owner: int, figures: Sequence[Figures]) -> list[Campaign]:
    """Write new campaigns; return them in the order given."""
    rows = []
    for one in figures:
        row = Campaign(ref=sortable_id(), owner_id=owner)
        set_figures(row, one)
        rows.append(row)
    cells: list[tuple[Any, ...]] = [tuple(getattr(row, name) for name in _BEGUN) for row in rows]
    numbers = dict(bulk.insert(Campaign, _BEGUN, cells, returning=("ref", "id")))
    for row in rows:
        row.pk = numbers[row.ref]
    return rows


def merge(kept: Campaign, others: Sequence[Campaign]) -> None:
    """Put campaigns into one that is kept, with all that is in them."""
    if not others:
        return
    keys = [row.pk for row in others]
    Placement._base_manager.filter(campaign__in=keys).update(campaign=kept)
    Tie._base_manager.filter(campaign__in=keys).update(campaign=kept)
    set_figures(kept, of_several(map(figures_of, (kept, *others))))
    for row in others:
        offer_name(kept, row.tie_kind, row.tie_value, row.tie_subjects)
        if kept.state == CampaignState.CLEARED and row.state != CampaignState.CLEARED:
            kept.state = CampaignState.OPEN
    Campaign._base_manager.filter(pk__in=keys).update(state=CampaignState.MERGED, merged_into=kept)
    Campaign._base_manager.filter(merged_into__in=keys).update(merged_into=kept)


def save(changed: Sequence[Changed], at: datetime) -> None:
    """Write the campaigns; one that was cleared comes back with what was found since."""
    for one in changed:
        if one.added is not None:
            set_figures(one.campaign, of_several((figures_of(one.campaign), one.added)))
            _come_back(one.campaign, one.added, at)
    write({one.campaign.pk: one.campaign for one in changed}.values())


def write(rows: Iterable[Campaign]) -> None:
    """Write what the importer knows of campaigns, each once."""
    bulk.update(Campaign, "id", _SAVED, [(row.pk, *(getattr(row, name) for name in _SAVED)) for row in rows])


def _come_back(row: Campaign, added: Figures, at: datetime) -> None:
    if row.state == CampaignState.CLEARED and row.cleared_at is not None and added.last_at > row.cleared_at:
        row.state, row.came_back_at = CampaignState.OPEN, at
    elif row.state == CampaignState.ORDERED:
        row.came_back_at = at
