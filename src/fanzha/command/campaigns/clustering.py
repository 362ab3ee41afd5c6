"""Subjects of new findings are put into campaigns: only what the findings touch is looked at, in the same transaction.

All who have a tie that is no hub are in one campaign, which the tie remembers; so a new subject finds its campaign by
its ties, without looking at the others in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from fanzha.command.campaigns.campaign_writer import (
    CampaignChange,
    insert_campaigns,
    merge_rows,
    propose_name,
    save_changes,
    set_stats,
    update_rows,
)
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.stats import (
    CampaignStats,
    combine_same_subject,
    combine_stats,
    finding_stats,
    placement_stats,
)
from fanzha.command.campaigns.ties import MAX_SUBJECTS, TieKey, extract_ties
from fanzha.command.campaigns.union_find import SubjectGroup, components, merge_groups
from fanzha.command.subjects.canonical import CanonicalValue
from fanzha.command.subjects.ingest.parser import StoredFinding
from fanzha.command.subjects.models import Subject
from fanzha.command.web.database import bulk

_STATS_COLUMNS = (
    "is_victim",
    "findings",
    "calls",
    "money",
    "top_score",
    "heat",
    "fraud_type",
    "detector",
    "simulated",
    "marking",
    "first_at",
    "last_at",
)
_PLACEMENT_COLUMNS = ("campaign_id", "owner_id", "subject_id", "is_held", *_STATS_COLUMNS)


class _ExistingPlacement(NamedTuple):
    """A subject that is in a campaign already: its placement, the campaign, and the figures before and after."""

    key: int
    campaign: int
    is_held: bool
    before: CampaignStats
    after: CampaignStats


def cluster_findings(found: Sequence[StoredFinding], at: datetime) -> None:
    """Put the subjects of new findings into campaigns, each owner's apart."""
    by_owner: dict[int, list[StoredFinding]] = {}
    for one in found:
        by_owner.setdefault(one.owner, []).append(one)
    for owner, own in sorted(by_owner.items()):
        _cluster_owner_findings(owner, own, at)


def _cluster_owner_findings(owner: int, found: Sequence[StoredFinding], at: datetime) -> None:
    adds: dict[int, CampaignStats] = {}
    values: dict[int, CanonicalValue] = {}
    for one in found:
        added = finding_stats(one)
        adds[one.subject] = combine_same_subject(adds[one.subject], added) if one.subject in adds else added
        values[one.subject] = one.parsed.subject
    placed = _existing_placements(owner, adds)
    ties, links = _upsert_ties(owner, found)
    hubs = _new_hubs(ties, links)
    held = {subject for subject, row in placed.items() if row.is_held}
    joining = [(subject, tie) for tie, subject in links if not ties[tie].is_hub and subject not in held]
    where = {subject: placed[subject].campaign if subject in placed else None for subject in adds}
    groups = merge_groups(
        {subject: campaign for subject, campaign in where.items() if subject not in held},
        joining,
        {tie: row.campaign_id for tie, row in ties.items()},
    )
    groups += [SubjectGroup([subject], [campaign], []) for subject in sorted(held) if (campaign := where[subject])]
    changed = _campaign_changes(owner, groups, adds, placed, at)
    _write_placements(owner, changed, adds, placed)
    _assign_tie_campaigns(groups, changed, ties)
    for each in changed:
        each.propose_names([ties[tie] for tie in each.group.ties], values)
    save_changes(changed, at)
    for tie in hubs:
        split_hub_campaign(tie)


def _existing_placements(owner: int, adds: Mapping[int, CampaignStats]) -> dict[int, _ExistingPlacement]:
    """Return where subjects are, without a model of each."""
    rows = Placement._base_manager.filter(bulk.column_in("subject_id", adds), owner=owner).order_by()
    columns = ("id", "subject_id", "campaign_id", "is_held", *_STATS_COLUMNS)
    placed = {}
    for key, subject, campaign, is_held, is_victim, findings, *rest in bulk.fetch_rows(rows.values_list(*columns)):
        before = CampaignStats(findings, int(not is_victim), int(is_victim), *rest)
        placed[subject] = _ExistingPlacement(
            key, campaign, is_held, before, combine_same_subject(before, adds[subject])
        )
    return placed


def _upsert_ties(owner: int, found: Sequence[StoredFinding]) -> tuple[dict[int, Tie], list[tuple[int, int]]]:
    """Write ties and who has them; return the ties by primary key, and the new links (tie, subject)."""
    wanted: dict[str, TieKey] = {}
    has: set[tuple[str, int]] = set()
    for one in found:
        for tie in extract_ties(one.parsed):
            wanted.setdefault(tie.key, tie)
            has.add((tie.key, one.subject))
    if not wanted:
        return {}, []
    known = {row.key: row for row in Tie._base_manager.filter(owner=owner, key__in=bulk.in_list(wanted, "text"))}
    rows = [(owner, tie.kind, tie.value, tie.key, 0, False) for key, tie in sorted(wanted.items()) if key not in known]
    columns = ("owner_id", "kind", "value", "key", "subjects", "is_hub")
    made = bulk.insert(Tie, columns, rows, conflict="(owner_id, key) DO NOTHING", returning=("key", "id"))
    for key, number in made:
        told = wanted[key]
        known[key] = Tie(id=number, owner_id=owner, kind=told.kind, value=told.value, key=key)
    pairs = sorted((known[key].pk, subject) for key, subject in has)
    new = bulk.insert(
        TieLink,
        ("tie_id", "subject_id"),
        pairs,
        conflict="(tie_id, subject_id) DO NOTHING",
        returning=("tie_id", "subject_id"),
    )
    return {row.pk: row for row in known.values()}, sorted((tie, subject) for tie, subject in new)


def _new_hubs(ties: dict[int, Tie], links: Sequence[tuple[int, int]]) -> list[Tie]:
    """Count the new links; return the ties that are hubs from now on."""
    for key, _ in links:
        ties[key].subjects += 1
    touched = sorted({key for key, _ in links})
    new = []
    for key in touched:
        tie = ties[key]
        if not tie.is_hub and tie.subjects > MAX_SUBJECTS[tie.kind]:
            tie.is_hub = True
            new.append(tie)
    bulk.update(Tie, "id", ("subjects", "is_hub"), [(key, ties[key].subjects, ties[key].is_hub) for key in touched])
    return [tie for tie in new if tie.campaign_id is not None]


def _campaign_changes(
    owner: int,
    groups: Sequence[SubjectGroup],
    adds: Mapping[int, CampaignStats],
    placed: Mapping[int, _ExistingPlacement],
    at: datetime,
) -> list[CampaignChange]:
    """Return the campaign of each group with what is added to it: the oldest, or a new one."""
    campaigns = {key for group in groups for key in group.campaigns}
    rows = {
        row.pk: row
        for row in Campaign._base_manager.select_for_update().filter(pk__in=bulk.in_list(campaigns)).order_by("pk")
    }
    begun = iter(insert_campaigns(owner, [_group_stats(group, adds) for group in groups if not group.campaigns]))
    changed = []
    for group in groups:
        if group.campaigns:
            kept, *others = (rows[key] for key in group.campaigns)
            merge_rows(kept, others)
            rows |= {other.pk: kept for other in others}  # whoever is held there is in the one that is kept
            changed.append(CampaignChange(kept, group, _added_stats(group, adds, placed), is_new=False))
        else:
            changed.append(CampaignChange(next(begun), group, None, is_new=True))
    return changed


def _group_stats(group: SubjectGroup, adds: Mapping[int, CampaignStats]) -> CampaignStats:
    return combine_stats(adds[subject] for subject in group.subjects)


def _added_stats(
    group: SubjectGroup, adds: Mapping[int, CampaignStats], placed: Mapping[int, _ExistingPlacement]
) -> CampaignStats | None:
    """Return what the group's subjects add to its campaign: of those in it already, the growth alone."""
    figures = []
    for subject in group.subjects:
        if (row := placed.get(subject)) is None:
            figures.append(adds[subject])
        else:
            added = adds[subject]
            growth = (now - then for now, then in zip(row.after[1:4], row.before[1:4], strict=True))
            figures.append(CampaignStats._make((added.findings, *growth, *added[4:])))
    return combine_stats(figures) if figures else None


def _write_placements(
    owner: int,
    changed: Sequence[CampaignChange],
    adds: Mapping[int, CampaignStats],
    placed: Mapping[int, _ExistingPlacement],
) -> None:
    new: list[tuple[Any, ...]] = []
    kept: list[tuple[Any, ...]] = []
    for one in changed:
        for subject in one.group.subjects:
            row = placed.get(subject)
            if row is None:
                new.append((one.campaign.pk, owner, subject, False, *_stats_cells(adds[subject])))
            else:
                kept.append((row.key, *_stats_cells(row.after)))
    bulk.insert(Placement, _PLACEMENT_COLUMNS, new)
    bulk.update(Placement, "id", _STATS_COLUMNS, kept)


def write_placement_stats(figures: Sequence[tuple[int, CampaignStats]]) -> None:
    """Give placements (primary keys) other figures."""
    bulk.update(Placement, "id", _STATS_COLUMNS, [(key, *_stats_cells(one)) for key, one in figures])


def _stats_cells(figures: CampaignStats) -> tuple[Any, ...]:
    return (
        figures.victims > 0,
        figures.findings,
        figures.calls,
        figures.money,
        figures.top_score,
        figures.heat,
        figures.fraud_type,
        figures.detector,
        figures.simulated,
        figures.marking,
        figures.first_at,
        figures.last_at,
    )


def _assign_tie_campaigns(
    groups: Sequence[SubjectGroup], changed: Sequence[CampaignChange], ties: dict[int, Tie]
) -> None:
    """Let ties remember the campaign of those who have them."""
    rows = []
    for one in changed:
        for tie in one.group.ties:
            if ties[tie].campaign_id != one.campaign.pk:
                ties[tie].campaign_id = one.campaign.pk
                rows.append((tie, one.campaign.pk))
    bulk.update(Tie, "id", ("campaign_id",), rows)


def split_hub_campaign(hub: Tie) -> None:
    """Take a campaign apart whose tie is a hub now; the largest part keeps the campaign, and those held in it stay."""
    campaign = Tie._base_manager.values_list("campaign", flat=True).get(pk=hub.pk)
    Tie._base_manager.filter(pk=hub.pk).update(campaign=None)
    if campaign is None:
        return
    row = Campaign._base_manager.select_for_update().get(pk=campaign)
    placements = {one.subject_id: one for one in Placement._base_manager.filter(campaign=campaign)}
    free = {subject for subject, one in placements.items() if not one.is_held}
    ties = {one.pk: one for one in Tie._base_manager.filter(campaign=campaign, is_hub=False)}
    links = [
        (subject, tie)
        for subject, tie in TieLink.objects.filter(tie__in=ties).values_list("subject_id", "tie_id")
        if subject in free
    ]
    stays, *parts = components(links, free) or [set()]
    tie_of: dict[int, list[int]] = {}
    for subject, tie in links:
        tie_of.setdefault(subject, []).append(tie)
    made = insert_campaigns(
        row.owner_id, [combine_stats(placement_stats(placements[one]) for one in sorted(part)) for part in parts]
    )
    moved = [(placements[subject].pk, new.pk) for new, part in zip(made, parts, strict=True) for subject in part]
    bulk.update(Placement, "id", ("campaign_id",), moved)
    left = stays | {subject for subject, one in placements.items() if one.is_held}
    set_stats(row, combine_stats(placement_stats(placements[one]) for one in sorted(left)))
    everyone = [(row, left), *zip(made, parts, strict=True)]
    firsts = Subject._base_manager.in_bulk([min(part) for _, part in everyone])
    for one, part in everyone:
        _name_part(one, firsts[min(part)], {ties[tie] for subject in part for tie in tie_of.get(subject, ())})
    update_rows(one for one, _ in everyone)
    bulk.update(
        Tie,
        "id",
        ("campaign_id",),
        [
            (tie, new.pk)
            for new, part in zip(made, parts, strict=True)
            for tie in {tie for subject in part for tie in tie_of.get(subject, ())}
        ],
    )


def _name_part(row: Campaign, first: Subject, ties: set[Tie]) -> None:
    row.tie_kind, row.tie_value, row.tie_subjects = first.kind, (first.shown or first.value)[:200], 1
    for tie in ties:
        if tie.subjects > 1:
            propose_name(row, tie.kind, tie.value, tie.subjects)
