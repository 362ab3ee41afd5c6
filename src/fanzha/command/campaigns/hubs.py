"""A tie that too many have becomes a hub: its campaign falls apart into what the other ties hold together."""

from fanzha.command.campaigns.adding import of_placement, of_several
from fanzha.command.campaigns.campaign_rows import begin, offer_name, set_figures, write
from fanzha.command.campaigns.grouping import components
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.subjects.models import Subject
from fanzha.command.web.database import bulk


def divide(hub: Tie) -> None:
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
        _name(one, firsts[min(part)], {ties[tie] for subject in part for tie in tie_of.get(subject, ())})
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


def _name(row: Campaign, first: Subject, ties: set[Tie]) -> None:
    row.tie_kind, row.tie_value, row.tie_subjects = first.kind, (first.shown or first.value)[:200], 1
    for tie in ties:
        if tie.subjects > 1:
            offer_name(row, tie.kind, tie.value, tie.subjects)
