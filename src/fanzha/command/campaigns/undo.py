"""Undo what one press did, as far as nothing has happened to a campaign since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.recording import recorded
from fanzha.command.campaigns.models import Campaign, CampaignAction, CampaignState, Placement, Tie
from fanzha.command.campaigns.moves import count_again
from fanzha.command.campaigns.services import Done, check_decider, kept, locked_rows, note_down, overtaken
from fanzha.command.campaigns.transitions import FIELDS, Doing
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.subjects.opinions import take_back
from fanzha.command.subjects.registry import lock
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

_SAYS = (Doing.CONFIRM, Doing.SET_ASIDE)


def undo(together: str, viewer: Viewer, at: datetime | None = None) -> Done:
    """Undo one press; campaigns with which something else was done since stay as they are, and are told.

    Raises Refusal when nothing of it can be undone.
    """
    at = at or timezone.now()
    check_decider(viewer)
    with recorded() as log:
        own = CampaignAction._base_manager.filter(
            together=together, undone_at=None, campaign__owner=viewer.organization
        ).exclude(action=Doing.UNDO)
        actions = list(own.select_related("campaign").order_by("pk"))
        said = OpinionRow._base_manager.filter(
            owner=viewer.organization, given_at__in={one.at for one in actions if Doing(one.action) in _SAYS}
        )
        lock(said.values_list("subject", flat=True))  # before campaigns, as the importer takes them
        rows = {row.pk: row for row in locked_rows({one.campaign.ref for one in actions}, viewer)}
        made = Done(sortable_id())
        for row, words in _overtaken(actions, rows):
            made.refused.append((row, words))
        if actions and not _is_whole(actions, made):
            raise Refusal(Reason.STATE, made.refused[0][1])
        touched = {row.pk for row, _ in made.refused}
        for action in (one for one in actions if one.campaign_id not in touched):
            row = rows[action.campaign_id]
            before = kept(row)
            _put_back(row, action.before)
            if Doing(action.action) in _SAYS:
                take_back(action.at, viewer, "undone", at)
            note_down(row, Doing.UNDO, before, viewer, at, together=made.together, log=log)
            made.done.append(row)
        undone = [one.pk for one in actions if one.campaign_id not in touched]
        CampaignAction._base_manager.filter(pk__in=undone).update(undone_at=at)
        for row in made.done if _moves(actions) else ():
            _count(row, made.done)
    if not made.done:
        words = made.refused[0][1] if made.refused else Words("没有可撤销的操作", "there is nothing to undo")
        raise Refusal(Reason.STATE, words)
    return made


def _overtaken(actions: list[CampaignAction], rows: Mapping[int, Campaign]) -> list[tuple[Campaign, Words]]:
    found = [(rows[one.campaign_id], one.revision) for one in actions]
    return [(row, overtaken(row)) for row, revision in found if row.revision != revision]


def _is_whole(actions: list[CampaignAction], made: Done) -> bool:
    """Return whether what was done can be undone in parts: what went from one campaign to another cannot."""
    return not (_moves(actions) and made.refused)


def _moves(actions: list[CampaignAction]) -> bool:
    return any(Doing(one.action) in (Doing.MOVE, Doing.SPLIT, Doing.MERGE) for one in actions)


def _put_back(row: Campaign, before: Mapping[str, Any]) -> None:
    fields = {field.attname: field for field in Campaign._meta.concrete_fields}
    for name in FIELDS:
        setattr(row, name, fields[name].to_python(before.get(name)))
    places = before.get("places", [])
    for held in (True, False):
        keys = [key for key, was_held in places if was_held is held]
        Placement._base_manager.filter(pk__in=keys).update(campaign=row, is_held=held)
    Tie._base_manager.filter(pk__in=before.get("ties", [])).update(campaign=row)


def _count(row: Campaign, undone: Sequence[Campaign]) -> None:
    """Count again what is in a campaign; one that is empty now has gone back into the one it was split off from."""
    if Placement._base_manager.filter(campaign=row).exists():
        count_again(row)
    else:
        row.state, row.merged_into = CampaignState.MERGED, next(one for one in undone if one.pk != row.pk)
    row.save()
