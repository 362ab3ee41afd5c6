"""Move subjects between campaigns and merge campaigns; a subject that a person placed is not moved by ties."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.campaign_writer import insert_campaigns, merge_rows, propose_name, set_stats
from fanzha.command.campaigns.models import Campaign, Placement, Tie, TieLink
from fanzha.command.campaigns.services import (
    check_decider,
    conflict_words,
    history_fields,
    lock_campaigns,
    record_transition,
)
from fanzha.command.campaigns.stats import combine_stats, placement_stats, sum_stats
from fanzha.command.campaigns.transitions import TransitionKind, refusal_reason
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

_UNSCOPED = unscoped("a move changes all subjects and ties of campaigns that the caller has locked")

#: Subjects that are moved at once.
MAX_SUBJECTS = 500


def transfer_subjects(
    source: str,
    subjects: Iterable[str],
    viewer: Viewer,
    *,
    target: str = "",
    revision: int | None = None,
    at: datetime | None = None,
) -> Campaign:
    """Move subjects (refs) of a campaign to `target` (ref), or to a new campaign; return the destination.

    Raise Refusal if the campaign has changed since, no subject is selected, or no subject would remain.
    """
    at = at or timezone.now()
    check_decider(viewer)
    with recorded() as log:
        rows = {row.ref: row for row in lock_campaigns([source, target], viewer)}
        row, target_row = _get_campaign(rows, source), _get_campaign(rows, target) if target else None
        kind = TransitionKind.MOVE if target_row else TransitionKind.SPLIT
        _check_transition(row, kind, revision)
        placements = _select_placements(row, list(subjects))
        together, before = sortable_id(), _placement_history(placements)
        if target_row is None:
            (target_row,) = insert_campaigns(row.owner_id, [combine_stats(map(placement_stats, placements))])
            _name_new_campaign(target_row, placements)
        else:
            _check_transition(target_row, TransitionKind.MOVE, None)
        _UNSCOPED.rows(Placement).filter(pk__in=[placement.pk for placement in placements]).update(
            campaign=target_row, is_held=True
        )
        for campaign in (row, target_row):
            recompute_stats(campaign)
        record_transition(row, kind, history_fields(row) | {"places": before}, viewer, at, together=together, log=log)
        record_transition(target_row, kind, history_fields(target_row), viewer, at, together=together, log=log)
    return target_row


def merge_selected(
    target_ref: str, refs_to_merge: Iterable[str], viewer: Viewer, at: datetime | None = None
) -> Campaign:
    """Merge other campaigns (refs) into the target, including their ties."""
    at = at or timezone.now()
    check_decider(viewer)
    refs = [ref for ref in dict.fromkeys(refs_to_merge) if ref != target_ref]
    with recorded() as log:
        rows = {row.ref: row for row in lock_campaigns([target_ref, *refs], viewer)}
        target_row, merged = _get_campaign(rows, target_ref), [_get_campaign(rows, ref) for ref in refs]
        if not merged:
            raise Refusal(Reason.EVIDENCE, Words("请至少选择两个团伙", "Select at least two campaigns"))
        for row in (target_row, *merged):
            _check_transition(row, TransitionKind.MERGE, None)
        together = sortable_id()
        merged_history = {row.pk: history_fields(row) | _merge_history(row) for row in merged}
        target_history = history_fields(target_row)
        merge_rows(target_row, merged)
        for row in merged:
            row.refresh_from_db()
            record_transition(row, TransitionKind.MERGE, merged_history[row.pk], viewer, at, together=together, log=log)
        record_transition(target_row, TransitionKind.MERGE, target_history, viewer, at, together=together, log=log)
    return target_row


def recompute_stats(campaign: Campaign) -> None:
    """Recompute the statistics of a campaign from its placements."""
    stats = sum_stats([campaign.pk]).get(campaign.pk)
    if stats is not None:
        set_stats(campaign, stats)


def _get_campaign(rows: dict[str, Campaign], ref: str) -> Campaign:
    if ref not in rows:
        raise Refusal(Reason.UNKNOWN, Words("没有此团伙", "there is no such campaign"))
    return rows[ref]


def _check_transition(row: Campaign, kind: TransitionKind, revision: int | None) -> None:
    words = conflict_words(row) if revision not in (None, row.revision) else refusal_reason(row, kind)
    if words is not None:
        raise Refusal(Reason.STATE, words)


def _select_placements(row: Campaign, subjects: Sequence[str]) -> list[Placement]:
    if len(subjects) > MAX_SUBJECTS:
        raise Refusal(
            Reason.EVIDENCE,
            Words(f"一次最多移动 {MAX_SUBJECTS} 个对象", f"move {MAX_SUBJECTS} subjects at most at once"),
        )
    placements = list(_UNSCOPED.rows(Placement).filter(campaign=row, subject__ref__in=subjects).order_by("pk"))
    if not placements:
        raise Refusal(Reason.EVIDENCE, Words("请先选择对象", "pick subjects first"))
    moved = [placement.pk for placement in placements]
    if not _UNSCOPED.rows(Placement).filter(campaign=row).exclude(pk__in=moved).exists():
        words = Words("不能移出全部对象；请改用合并", "You cannot move all subjects. Merge the campaigns instead")
        raise Refusal(Reason.EVIDENCE, words)
    return placements


def _name_new_campaign(row: Campaign, placements: Sequence[Placement]) -> None:
    """Name a new campaign by the tie that most of its subjects have, else by the strongest of them."""
    strongest = find_subjects(_UNSCOPED).get(pk=max(placements, key=lambda placement: placement.top_score).subject_id)
    row.tie_kind, row.tie_value, row.tie_subjects = strongest.kind, (strongest.shown or strongest.value)[:200], 1
    links = TieLink.objects.filter(
        subject__in=[placement.subject_id for placement in placements], tie__owner=row.owner_id
    )
    best = links.values("tie__kind", "tie__value").annotate(many=Count("subject")).order_by("-many", "tie_id").first()
    if best and best["many"] > 1:
        propose_name(row, best["tie__kind"], best["tie__value"], best["many"])


def _placement_history(placements: Iterable[Placement]) -> list[tuple[int, bool]]:
    """Return the previous placements for undo: campaign, and whether a person had placed the subject."""
    return [(placement.pk, placement.is_held) for placement in placements]


def _merge_history(row: Campaign) -> dict[str, object]:
    placements = _UNSCOPED.rows(Placement).filter(campaign=row).values_list("pk", "is_held")
    return {
        "places": list(placements),
        "ties": list(_UNSCOPED.rows(Tie).filter(campaign=row).values_list("pk", flat=True)),
    }
