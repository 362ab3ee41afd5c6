"""Subjects of new findings are put into campaigns: only what the findings touch is looked at, in the same transaction.

All who have a tie that is no hub are in one campaign, which the tie remembers; so a new subject finds its campaign by
its ties, without looking at the others in it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from fanzha.command.campaigns.campaign_writer import Changed, begin, merge, offer_name, save, set_figures, write
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.stats import Figures, more_of_one, of_finding, of_placement, of_several
from fanzha.command.campaigns.ties import MOST, TieKey, ties_of
from fanzha.command.campaigns.union_find import Group, components, grown
from fanzha.command.subjects.canonical import Kept
from fanzha.command.subjects.ingest.parser import Found
from fanzha.command.subjects.models import Subject
from fanzha.command.web.database import bulk

_ADDED = (
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
_PLACEMENT = ("campaign_id", "owner_id", "subject_id", "is_held", *_ADDED)


class _Placed(NamedTuple):
    """A subject that is in a campaign already: its placement, the campaign, and the figures before and after."""

    key: int
    campaign: int
    is_held: bool
    before: Figures
    after: Figures


def place(found: Sequence[Found], at: datetime) -> None:
    """Put the subjects of new findings into campaigns, each owner's apart."""
    by_owner: dict[int, list[Found]] = {}
    for one in found:
        by_owner.setdefault(one.owner, []).append(one)
    for owner, own in sorted(by_owner.items()):
        _place_of(owner, own, at)


def _place_of(owner: int, found: Sequence[Found], at: datetime) -> None:
    adds: dict[int, Figures] = {}
    values: dict[int, Kept] = {}
    for one in found:
        added = of_finding(one)
        adds[one.subject] = more_of_one(adds[one.subject], added) if one.subject in adds else added
        values[one.subject] = one.incoming.subject
    placed = _placed(owner, adds)
    ties, links = _linked(owner, found)
    hubs = _new_hubs(ties, links)
    held = {subject for subject, row in placed.items() if row.is_held}
    joining = [(subject, tie) for tie, subject in links if not ties[tie].is_hub and subject not in held]
    where = {subject: placed[subject].campaign if subject in placed else None for subject in adds}
    groups = grown(
        {subject: campaign for subject, campaign in where.items() if subject not in held},
        joining,
        {tie: row.campaign_id for tie, row in ties.items()},
    )
    groups += [Group([subject], [campaign], []) for subject in sorted(held) if (campaign := where[subject])]
    changed = _changed(owner, groups, adds, placed, at)
    _write_placements(owner, changed, adds, placed)
    _remember(groups, changed, ties)
    for each in changed:
        each.name([ties[tie] for tie in each.group.ties], values)
    save(changed, at)
    for tie in hubs:
        split_hub_campaign(tie)


def _placed(owner: int, adds: Mapping[int, Figures]) -> dict[int, _Placed]:
    """Return where subjects are, without a model of each."""
    rows = Placement._base_manager.filter(bulk.one_of("subject_id", adds), owner=owner).order_by()
    columns = ("id", "subject_id", "campaign_id", "is_held", *_ADDED)
    placed = {}
    for key, subject, campaign, is_held, is_victim, findings, *rest in bulk.rows(rows.values_list(*columns)):
        before = Figures(findings, int(not is_victim), int(is_victim), *rest)
        placed[subject] = _Placed(key, campaign, is_held, before, more_of_one(before, adds[subject]))
    return placed


def _linked(owner: int, found: Sequence[Found]) -> tuple[dict[int, Tie], list[tuple[int, int]]]:
    """Write ties and who has them; return the ties by primary key, and the new links (tie, subject)."""
    wanted: dict[str, TieKey] = {}
    has: set[tuple[str, int]] = set()
    for one in found:
        for tie in ties_of(one.incoming):
            wanted.setdefault(tie.key, tie)
            has.add((tie.key, one.subject))
    if not wanted:
        return {}, []
    known = {row.key: row for row in Tie._base_manager.filter(owner=owner, key__in=bulk.these(wanted, "text"))}
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
        if not tie.is_hub and tie.subjects > MOST[tie.kind]:
            tie.is_hub = True
            new.append(tie)
    bulk.update(Tie, "id", ("subjects", "is_hub"), [(key, ties[key].subjects, ties[key].is_hub) for key in touched])
    return [tie for tie in new if tie.campaign_id is not None]


def _changed(
    owner: int, groups: Sequence[Group], adds: Mapping[int, Figures], placed: Mapping[int, _Placed], at: datetime
) -> list[Changed]:
    """Return the campaign of each group with what is added to it: the oldest, or a new one."""
    campaigns = {key for group in groups for key in group.campaigns}
    rows = {
        row.pk: row
        for row in Campaign._base_manager.select_for_update().filter(pk__in=bulk.these(campaigns)).order_by("pk")
    }
    begun = iter(begin(owner, [_first(group, adds) for group in groups if not group.campaigns]))
    changed = []
    for group in groups:
        if group.campaigns:
            kept, *others = (rows[key] for key in group.campaigns)
            merge(kept, others)
            rows |= {other.pk: kept for other in others}  # whoever is held there is in the one that is kept
            changed.append(Changed(kept, group, _added(group, adds, placed), is_new=False))
        else:
            changed.append(Changed(next(begun), group, None, is_new=True))
    return changed


def _first(group: Group, adds: Mapping[int, Figures]) -> Figures:
    return of_several(adds[subject] for subject in group.subjects)


def _added(group: Group, adds: Mapping[int, Figures], placed: Mapping[int, _Placed]) -> Figures | None:
    """Return what the group's subjects add to its campaign: of those in it already, the growth alone."""
    figures = []
    for subject in group.subjects:
        if (row := placed.get(subject)) is None:
            figures.append(adds[subject])
        else:
            added = adds[subject]
            growth = (now - then for now, then in zip(row.after[1:4], row.before[1:4], strict=True))
            figures.append(Figures._make((added.findings, *growth, *added[4:])))
    return of_several(figures) if figures else None


def _write_placements(
    owner: int, changed: Sequence[Changed], adds: Mapping[int, Figures], placed: Mapping[int, _Placed]
) -> None:
    new: list[tuple[Any, ...]] = []
    kept: list[tuple[Any, ...]] = []
    for one in changed:
        for subject in one.group.subjects:
            row = placed.get(subject)
            if row is None:
                new.append((one.campaign.pk, owner, subject, False, *_cells(adds[subject])))
            else:
                kept.append((row.key, *_cells(row.after)))
    bulk.insert(Placement, _PLACEMENT, new)
    bulk.update(Placement, "id", _ADDED, kept)


def write_figures(figures: Sequence[tuple[int, Figures]]) -> None:
    """Give placements (primary keys) other figures."""
    bulk.update(Placement, "id", _ADDED, [(key, *_cells(one)) for key, one in figures])


def _cells(figures: Figures) -> tuple[Any, ...]:
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


def _remember(groups: Sequence[Group], changed: Sequence[Changed], ties: dict[int, Tie]) -> None:
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
    made = begin(row.owner_id, [of_several(of_placement(placements[one]) for one in sorted(part)) for part in parts])
    moved = [(placements[subject].pk, new.pk) for new, part in zip(made, parts, strict=True) for subject in part]
    bulk.update(Placement, "id", ("campaign_id",), moved)
    left = stays | {subject for subject, one in placements.items() if one.is_held}
    set_figures(row, of_several(of_placement(placements[one]) for one in sorted(left)))
    everyone = [(row, left), *zip(made, parts, strict=True)]
    firsts = Subject._base_manager.in_bulk([min(part) for _, part in everyone])
    for one, part in everyone:
        _name_part(one, firsts[min(part)], {ties[tie] for subject in part for tie in tie_of.get(subject, ())})
    write(one for one, _ in everyone)
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
            offer_name(row, tie.kind, tie.value, tie.subjects)
