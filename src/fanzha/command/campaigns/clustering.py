"""Assign the subjects of new findings to campaigns, in the transaction of the batch; only affected rows are read.

All subjects with a tie that is no hub are in one campaign, which the tie refers to; so the campaign of a new subject is
found by its ties, without reading its other subjects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

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
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.subjects.services import CanonicalValue, StoredFinding
from fanzha.command.web.database import bulk
from fanzha.command.web.scoping import unscoped

if TYPE_CHECKING:
    from fanzha.command.subjects.models import Subject

_UNSCOPED = unscoped("findings are clustered for every owner")

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
    """A subject that is in a campaign already: its placement, campaign, and statistics before and after."""

    key: int
    campaign: int
    is_held: bool
    before: CampaignStats
    after: CampaignStats


def cluster_findings(findings: Sequence[StoredFinding], at: datetime) -> None:
    """Assign the subjects of new findings to campaigns, separately for each owner."""
    by_owner: dict[int, list[StoredFinding]] = {}
    for finding in findings:
        by_owner.setdefault(finding.owner_pk, []).append(finding)
    for owner_pk, owner_findings in sorted(by_owner.items()):
        _cluster_owner_findings(owner_pk, owner_findings, at)


def _cluster_owner_findings(owner: int, findings: Sequence[StoredFinding], at: datetime) -> None:
    new_stats: dict[int, CampaignStats] = {}
    values: dict[int, CanonicalValue] = {}
    for finding in findings:
        added = finding_stats(finding)
        new_stats[finding.subject_pk] = (
            combine_same_subject(new_stats[finding.subject_pk], added) if finding.subject_pk in new_stats else added
        )
        values[finding.subject_pk] = finding.parsed.subject
    existing = _existing_placements(owner, new_stats)
    ties, links = _upsert_ties(owner, findings)
    hubs = _new_hubs(ties, links)
    fixed = {subject for subject, row in existing.items() if row.is_held}
    tie_links = [(subject, tie) for tie, subject in links if not ties[tie].is_hub and subject not in fixed]
    campaigns = {subject: existing[subject].campaign if subject in existing else None for subject in new_stats}
    groups = merge_groups(
        {subject: campaign for subject, campaign in campaigns.items() if subject not in fixed},
        tie_links,
        {tie: row.campaign_id for tie, row in ties.items()},
    )
    groups += [SubjectGroup([subject], [campaign], []) for subject in sorted(fixed) if (campaign := campaigns[subject])]
    changes = _campaign_changes(owner, groups, new_stats, existing, at)
    _write_placements(owner, changes, new_stats, existing)
    _assign_tie_campaigns(groups, changes, ties)
    for change in changes:
        change.propose_names([ties[tie] for tie in change.group.ties], values)
    save_changes(changes, at)
    for tie in hubs:
        split_hub_campaign(tie)


def _existing_placements(owner: int, new_stats: Mapping[int, CampaignStats]) -> dict[int, _ExistingPlacement]:
    """Return existing placements by subject, without model instances."""
    rows = _UNSCOPED.rows(Placement).filter(bulk.column_in("subject_id", new_stats), owner=owner).order_by()
    columns = ("id", "subject_id", "campaign_id", "is_held", *_STATS_COLUMNS)
    existing = {}
    for key, subject, campaign, is_held, is_victim, findings, *figures in bulk.fetch_rows(rows.values_list(*columns)):
        before = CampaignStats(findings, int(not is_victim), int(is_victim), *figures)
        existing[subject] = _ExistingPlacement(
            key, campaign, is_held, before, combine_same_subject(before, new_stats[subject])
        )
    return existing


def _upsert_ties(owner: int, findings: Sequence[StoredFinding]) -> tuple[dict[int, Tie], list[tuple[int, int]]]:
    """Insert ties and their links; return the ties by primary key, and the new links (tie, subject)."""
    ties: dict[str, TieKey] = {}
    tie_subjects: set[tuple[str, int]] = set()
    for finding in findings:
        for tie in extract_ties(finding.parsed):
            ties.setdefault(tie.key, tie)
            tie_subjects.add((tie.key, finding.subject_pk))
    if not ties:
        return {}, []
    tie_rows = {row.key: row for row in _UNSCOPED.rows(Tie).filter(owner=owner, key__in=bulk.in_list(ties, "text"))}
    rows = [(owner, tie.kind, tie.value, tie.key, 0, False) for key, tie in sorted(ties.items()) if key not in tie_rows]
    columns = ("owner_id", "kind", "value", "key", "subjects", "is_hub")
    inserted = bulk.insert(Tie, columns, rows, conflict="(owner_id, key) DO NOTHING", returning=("key", "id"))
    for key, number in inserted:
        tie_key = ties[key]
        tie_rows[key] = Tie(id=number, owner_id=owner, kind=tie_key.kind, value=tie_key.value, key=key)
    pairs = sorted((tie_rows[key].pk, subject) for key, subject in tie_subjects)
    new = bulk.insert(
        TieLink,
        ("tie_id", "subject_id"),
        pairs,
        conflict="(tie_id, subject_id) DO NOTHING",
        returning=("tie_id", "subject_id"),
    )
    return {row.pk: row for row in tie_rows.values()}, sorted((tie, subject) for tie, subject in new)


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
    new_stats: Mapping[int, CampaignStats],
    existing: Mapping[int, _ExistingPlacement],
    at: datetime,
) -> list[CampaignChange]:
    """Return the change of each group's campaign: its oldest campaign, or a new one."""
    campaigns = {key for group in groups for key in group.campaigns}
    rows = {
        row.pk: row
        for row in _UNSCOPED.rows(Campaign).select_for_update().filter(pk__in=bulk.in_list(campaigns)).order_by("pk")
    }
    new_campaigns = iter(
        insert_campaigns(owner, [_group_stats(group, new_stats) for group in groups if not group.campaigns])
    )
    changes = []
    for group in groups:
        if group.campaigns:
            target, *sources = (rows[key] for key in group.campaigns)
            merge_rows(target, sources)
            # Pinned subjects of merged campaigns are in the target now.
            rows |= {source.pk: target for source in sources}
            changes.append(CampaignChange(target, group, _added_stats(group, new_stats, existing), is_new=False))
        else:
            changes.append(CampaignChange(next(new_campaigns), group, None, is_new=True))
    return changes


def _group_stats(group: SubjectGroup, new_stats: Mapping[int, CampaignStats]) -> CampaignStats:
    return combine_stats(new_stats[subject] for subject in group.subjects)


def _added_stats(
    group: SubjectGroup, new_stats: Mapping[int, CampaignStats], existing: Mapping[int, _ExistingPlacement]
) -> CampaignStats | None:
    """Return what the group's subjects add to its campaign; of subjects that are in it already, only the increase."""
    stats = []
    for subject in group.subjects:
        if (row := existing.get(subject)) is None:
            stats.append(new_stats[subject])
        else:
            stats.append(
                new_stats[subject]._replace(
                    subjects=row.after.subjects - row.before.subjects,
                    victims=row.after.victims - row.before.victims,
                    calls=row.after.calls - row.before.calls,
                )
            )
    return combine_stats(stats) if stats else None


def _write_placements(
    owner: int,
    changes: Sequence[CampaignChange],
    new_stats: Mapping[int, CampaignStats],
    existing: Mapping[int, _ExistingPlacement],
) -> None:
    inserts: list[tuple[Any, ...]] = []
    updates: list[tuple[Any, ...]] = []
    for change in changes:
        for subject in change.group.subjects:
            row = existing.get(subject)
            if row is None:
                inserts.append((change.campaign.pk, owner, subject, False, *_stats_cells(new_stats[subject])))
            else:
                updates.append((row.key, *_stats_cells(row.after)))
    bulk.insert(Placement, _PLACEMENT_COLUMNS, inserts)
    bulk.update(Placement, "id", _STATS_COLUMNS, updates)


def write_placement_stats(stats: Sequence[tuple[int, CampaignStats]]) -> None:
    """Update the statistics of placements (primary keys)."""
    bulk.update(
        Placement,
        "id",
        _STATS_COLUMNS,
        [(key, *_stats_cells(placement_stats_row)) for key, placement_stats_row in stats],
    )


def _stats_cells(stats: CampaignStats) -> tuple[Any, ...]:
    return (
        stats.victims > 0,
        stats.findings,
        stats.calls,
        stats.money,
        stats.top_score,
        stats.heat,
        stats.fraud_type,
        stats.detector,
        stats.simulated,
        stats.marking,
        stats.first_at,
        stats.last_at,
    )


def _assign_tie_campaigns(
    groups: Sequence[SubjectGroup], changes: Sequence[CampaignChange], ties: dict[int, Tie]
) -> None:
    """Store the campaign of each group in its ties."""
    rows = []
    for change in changes:
        for tie in change.group.ties:
            if ties[tie].campaign_id != change.campaign.pk:
                ties[tie].campaign_id = change.campaign.pk
                rows.append((tie, change.campaign.pk))
    bulk.update(Tie, "id", ("campaign_id",), rows)


def split_hub_campaign(hub: Tie) -> None:
    """Split the campaign of a tie that became a hub; the largest part keeps the campaign, and pinned subjects stay."""
    campaign = _UNSCOPED.rows(Tie).values_list("campaign", flat=True).get(pk=hub.pk)
    _UNSCOPED.rows(Tie).filter(pk=hub.pk).update(campaign=None)
    if campaign is None:
        return
    row = _UNSCOPED.rows(Campaign).select_for_update().get(pk=campaign)
    placements = {placement.subject_id: placement for placement in _UNSCOPED.rows(Placement).filter(campaign=campaign)}
    free = {subject for subject, placement in placements.items() if not placement.is_held}
    ties = {tie.pk: tie for tie in _UNSCOPED.rows(Tie).filter(campaign=campaign, is_hub=False)}
    links = [
        (subject, tie)
        for subject, tie in TieLink.objects.filter(tie__in=ties).values_list("subject_id", "tie_id")
        if subject in free
    ]
    largest, *parts = components(links, free) or [set()]
    tie_of: dict[int, list[int]] = {}
    for subject, tie in links:
        tie_of.setdefault(subject, []).append(tie)
    new_campaigns = insert_campaigns(
        row.owner_id,
        [combine_stats(placement_stats(placements[subject]) for subject in sorted(part)) for part in parts],
    )
    moved = [
        (placements[subject].pk, new.pk) for new, part in zip(new_campaigns, parts, strict=True) for subject in part
    ]
    bulk.update(Placement, "id", ("campaign_id",), moved)
    remaining = largest | {subject for subject, placement in placements.items() if placement.is_held}
    set_stats(row, combine_stats(placement_stats(placements[subject]) for subject in sorted(remaining)))
    named_parts = [(row, remaining), *zip(new_campaigns, parts, strict=True)]
    first_subjects = find_subjects(_UNSCOPED).in_bulk([min(part) for _, part in named_parts])
    for campaign_row, part in named_parts:
        _name_part(
            campaign_row, first_subjects[min(part)], {ties[tie] for subject in part for tie in tie_of.get(subject, ())}
        )
    update_rows(campaign_row for campaign_row, _ in named_parts)
    bulk.update(
        Tie,
        "id",
        ("campaign_id",),
        [
            (tie, new.pk)
            for new, part in zip(new_campaigns, parts, strict=True)
            for tie in {tie for subject in part for tie in tie_of.get(subject, ())}
        ],
    )


def _name_part(row: Campaign, first: Subject, ties: set[Tie]) -> None:
    row.tie_kind, row.tie_value, row.tie_subjects = first.kind, (first.shown or first.value)[:200], 1
    for tie in ties:
        if tie.subjects > 1:
            propose_name(row, tie.kind, tie.value, tie.subjects)
