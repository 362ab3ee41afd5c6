"""Apply one transition to all campaigns that match a filter: at once if they are few, else in the background.

A run works in chunks, each in one transaction with its progress, so that an interrupted run goes on where it stopped.
All chunks share `together`: one press undoes the whole run.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from fanzha.base.ids import sortable_id
from fanzha.base.words import Words
from fanzha.command.audit.services import recorded
from fanzha.command.campaigns.forms import QueueFilterForm
from fanzha.command.campaigns.models import BulkRun, BulkRunState, Campaign
from fanzha.command.campaigns.queue import filter_queue
from fanzha.command.campaigns.services import apply_transition, check_decider
from fanzha.command.campaigns.transitions import TRANSITION_WORDS, CampaignTransition, TransitionKind
from fanzha.command.organizations.selectors import build_viewer, current_memberships, get_organization
from fanzha.command.processes.services import create_notification
from fanzha.command.web.job_queue import check_room, enqueue, queued_arguments
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("the worker goes on with runs of all organisations")

#: Most campaigns of one run, and how many are changed at once, without a run.
MAX_MATCHED, AT_ONCE = 2_000, 100
#: Campaigns of one transaction.
CHUNK = 25
#: A run without progress for this long is taken to be killed.
STALL_TIMEOUT = timedelta(minutes=10)


def matching_refs(query: str, viewer: Viewer) -> list[str]:
    """Return the own campaigns that the filter of a query string selects, hottest first; `MAX_MATCHED` at most."""
    queue_filter = QueueFilterForm(viewer, QueryDict(query)).to_filter()
    rows = filter_queue(Campaign.objects.all(), queue_filter, viewer, timezone.now())
    own = rows.filter(owner=viewer.organization).order_by("-heat", "-pk")
    return list(own.values_list("ref", flat=True)[:MAX_MATCHED])


def start_run(refs: Sequence[str], transition: CampaignTransition, viewer: Viewer) -> BulkRun:
    """Queue a run over campaigns. Raise Refusal if the viewer may not, QueueFull if too many jobs wait."""
    check_decider(viewer)
    transition.check(timezone.now())
    if viewer.person is None or transition.kind is TransitionKind.MERGE:
        raise Refusal(Reason.ROLE, Words("不能对全部匹配项如此办理", "this is not done with all that match"))
    organization = get_organization(viewer.organization).ref
    check_room(organization)
    now = timezone.now()
    run = _UNSCOPED.rows(BulkRun).create(
        owner_id=viewer.organization,
        person_id=viewer.person,
        kind=transition.kind.value,
        note=transition.note,
        until=transition.until,
        to=transition.to,
        together=sortable_id(),
        refs=list(refs),
        asked_at=now,
        touched_at=now,
    )
    enqueue(run_bulk, organization, run.ref)
    return run


@task()
def run_bulk(ref: str) -> None:
    """Carry out a queued run, or go on with an interrupted one, with the rights that its person has now."""
    open_states = (BulkRunState.QUEUED, BulkRunState.RUNNING)
    run = _UNSCOPED.rows(BulkRun).select_related("owner", "person", "to").get(ref=ref)
    active = _UNSCOPED.rows(BulkRun).filter(pk=run.pk, state__in=open_states)
    if not active.update(state=BulkRunState.RUNNING, touched_at=timezone.now()):
        return
    viewer = _current_viewer(run)
    transition = CampaignTransition(TransitionKind(run.kind), run.note, run.until, run.to)
    with scoped_to(viewer):
        while run.position < len(run.refs):
            _take_chunk(run, transition, viewer)
    active.update(state=BulkRunState.DONE, touched_at=timezone.now())
    _notify(run)


def resume_stalled(now: datetime) -> None:
    """Queue the runs whose worker was killed again."""
    open_states = (BulkRunState.QUEUED, BulkRunState.RUNNING)
    stalled = _UNSCOPED.rows(BulkRun).filter(state__in=open_states, touched_at__lte=now - STALL_TIMEOUT)
    waiting = {arguments[0] for arguments in queued_arguments(run_bulk)}
    for run in stalled.select_related("owner"):
        if run.ref not in waiting:
            _UNSCOPED.rows(BulkRun).filter(pk=run.pk).update(touched_at=now)
            enqueue(run_bulk, run.owner.ref, run.ref)


def _current_viewer(run: BulkRun) -> Viewer:
    members = current_memberships().filter(person=run.person_id, organization=run.owner_id)
    return build_viewer(run.owner, frozenset(members.values_list("role", flat=True)), run.person_id)


def _take_chunk(run: BulkRun, transition: CampaignTransition, viewer: Viewer) -> None:
    refs = run.refs[run.position : run.position + CHUNK]
    with recorded():
        try:
            result = apply_transition(dict.fromkeys(refs), transition, viewer, together=run.together)
            run.done += len(result.done)
        except Refusal as refused:  # none of the chunk can be changed
            logger.info("a chunk of the run %s was refused: %s", run.ref, refused)
        run.position += len(refs)
        _UNSCOPED.rows(BulkRun).filter(pk=run.pk).update(
            position=run.position, done=run.done, touched_at=timezone.now()
        )


def _notify(run: BulkRun) -> None:
    title = TRANSITION_WORDS[TransitionKind(run.kind)][1]
    words = Words(
        f"批量操作完成：{title.zh} {run.done:,} 个团伙，共 {len(run.refs):,} 个",
        f"Bulk action finished: {run.done:,} of {len(run.refs):,} campaigns {title.en}",
    )
    path = reverse("campaign_bulk_run", args=[run.ref])
    key = f"bulk:{run.ref}"
    create_notification(run.owner_id, words, key=key, at=timezone.now(), person=run.person, path=path)
