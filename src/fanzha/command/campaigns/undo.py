"""Undo the transitions of one request for campaigns that have not changed since."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState, Placement, Tie
from fanzha.command.campaigns.moves import recompute_stats
from fanzha.command.campaigns.services import (
    TransitionResult,
    check_decider,
    conflict_words,
    history_fields,
    lock_campaigns,
    record_transition,
)
from fanzha.command.campaigns.transitions import HISTORY_FIELDS, TransitionKind
from fanzha.command.subjects.services import lock_opinion_subjects, undo_opinions
from fanzha.command.web.scoping import unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

_UNSCOPED = unscoped("an action is undone with all rows that it changed")

_OPINION_KINDS = (TransitionKind.CONFIRM, TransitionKind.CLEAR)


def undo_transition(together: str, viewer: Viewer, at: datetime | None = None) -> TransitionResult:
    """Undo one request; campaigns that changed since stay as they are and are reported as refused.

    Raise Refusal if nothing of it can be undone.
    """
    result = undo_where_possible(together, viewer, at)
    if not result.done:
        words = result.refused[0][1] if result.refused else Words("没有可撤销的操作", "There is nothing to undo")
        raise Refusal(Reason.STATE, words)
    return result


def find_undoable(together: str, viewer: Viewer) -> list[str]:
    """Return the refs of the campaigns on which a request can be undone; none if it moved subjects.

    Moves between campaigns are undone completely or not at all, so never in chunks.
    """
    actions = list(_undoable(together, viewer).select_related("campaign").order_by("pk"))
    return [] if _contains_moves(actions) else [action.campaign.ref for action in actions]


def _undoable(together: str, viewer: Viewer) -> QuerySet[CampaignAction]:
    actions = _UNSCOPED.rows(CampaignAction).filter(together=together, undone_at=None)
    return actions.filter(campaign__owner=viewer.organization).exclude(action=TransitionKind.UNDO)


def undo_where_possible(
    together: str,
    viewer: Viewer,
    at: datetime | None = None,
    *,
    refs: Collection[str] | None = None,
    undo_together: str = "",
) -> TransitionResult:
    """Undo one request, or only its actions on some campaigns (refs), also if that changes none of them.

    `undo_together` joins the actions of several calls. Raise Refusal if moves cannot be undone completely.
    """
    at = at or timezone.now()
    check_decider(viewer)
    with recorded() as log:
        undoable = _undoable(together, viewer)
        if refs is not None:
            undoable = undoable.filter(campaign__ref__in=refs)
        actions = list(undoable.select_related("campaign").order_by("pk"))
        opinions_at = {action.at for action in actions if TransitionKind(action.action) in _OPINION_KINDS}
        lock_opinion_subjects(opinions_at, viewer)  # before campaigns, as the importer does
        rows = {row.pk: row for row in lock_campaigns({action.campaign.ref for action in actions}, viewer)}
        result = TransitionResult(undo_together or sortable_id())
        for row, words in _conflicts(actions, rows):
            result.refused.append((row, words))
        if actions and not _is_complete(actions, result):
            raise Refusal(Reason.STATE, result.refused[0][1])
        touched = {row.pk for row, _ in result.refused}
        for action in (action for action in actions if action.campaign_id not in touched):
            row = rows[action.campaign_id]
            before = history_fields(row)
            _restore(row, action.before)
            if TransitionKind(action.action) in _OPINION_KINDS:
                undo_opinions(action.at, viewer, "undone", at)
            record_transition(row, TransitionKind.UNDO, before, viewer, at, together=result.together, log=log)
            result.done.append(row)
        undone = [action.pk for action in actions if action.campaign_id not in touched]
        _UNSCOPED.rows(CampaignAction).filter(pk__in=undone).update(undone_at=at)
        for row in result.done if _contains_moves(actions) else ():
            _recompute(row, result.done)
    return result


def _conflicts(actions: list[CampaignAction], rows: Mapping[int, Campaign]) -> list[tuple[Campaign, Words]]:
    revisions = [(rows[action.campaign_id], action.revision) for action in actions]
    return [(row, conflict_words(row)) for row, revision in revisions if row.revision != revision]


def _is_complete(actions: list[CampaignAction], result: TransitionResult) -> bool:
    """Return whether these actions can be undone; moves between campaigns are undone completely or not at all."""
    return not (_contains_moves(actions) and result.refused)


def _contains_moves(actions: list[CampaignAction]) -> bool:
    return any(
        TransitionKind(action.action) in (TransitionKind.MOVE, TransitionKind.SPLIT, TransitionKind.MERGE)
        for action in actions
    )


def _restore(row: Campaign, before: Mapping[str, Any]) -> None:
    fields = {field.attname: field for field in Campaign._meta.concrete_fields}
    for name in HISTORY_FIELDS:
        setattr(row, name, fields[name].to_python(before.get(name)))
    placements = before.get("places", [])
    for is_held in (True, False):
        keys = [key for key, was_held in placements if was_held is is_held]
        _UNSCOPED.rows(Placement).filter(pk__in=keys).update(campaign=row, is_held=is_held)
    _UNSCOPED.rows(Tie).filter(pk__in=before.get("ties", [])).update(campaign=row)


def _recompute(row: Campaign, undone: Sequence[Campaign]) -> None:
    """Recompute a campaign; an empty one is merged back into the campaign that it was split from."""
    if _UNSCOPED.rows(Placement).filter(campaign=row).exists():
        recompute_stats(row)
    else:
        row.state = CampaignState.MERGED
        row.merged_into = next(campaign for campaign in undone if campaign.pk != row.pk)
    row.save()
