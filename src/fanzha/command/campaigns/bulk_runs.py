"""Apply one transition to many campaigns, or undo it: at once if they are few, else in the background.

A run works in chunks, each in one transaction with its progress, so that an interrupted or failed run resumes where it
stopped. All chunks share `together`: one press undoes the whole run. One worker at a time claims a run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
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
from fanzha.command.campaigns.models import BulkRun, BulkRunState, Campaign, CampaignAction
from fanzha.command.campaigns.queue import filter_queue
from fanzha.command.campaigns.services import (
    TransitionResult,
    apply_where_possible,
    check_decider,
    notify_assignee,
)
from fanzha.command.campaigns.transitions import TRANSITION_WORDS, CampaignTransition, TransitionKind
from fanzha.command.campaigns.undo import find_undoable, undo_where_possible
from fanzha.command.organizations.selectors import build_viewer, current_memberships, get_organization
from fanzha.command.processes.services import create_notification
from fanzha.command.web.job_queue import check_room, enqueue, queued_arguments
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.command.web.viewer import Viewer
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
_UNSCOPED = unscoped("the worker goes on with runs of all organisations")

#: Most campaigns of one run, and how many are changed at once, without a run.
MAX_MATCHED, AT_ONCE = 2_000, 100
#: Campaigns of one transaction, and campaigns left out that a run names with their reasons.
CHUNK, MOST_LEFT_OUT = 25, 100
#: A run without progress for this long is taken to be killed.
STALL_TIMEOUT = timedelta(minutes=10)
_NOT_FOR_ALL = Words("不能对全部匹配项如此办理", "this is not done with all that match")
_UNEXPECTED = Words("发生意外错误", "an unexpected error")


class ClaimLost(Exception):
    """Raised when another worker has taken a run over."""


def matching_refs(query: str, viewer: Viewer) -> list[str]:
    """Return the own campaigns that the filter of a query string selects, hottest first; `MAX_MATCHED` at most."""
    queue_filter = QueueFilterForm(viewer, QueryDict(query)).to_filter()
    rows = filter_queue(Campaign.objects.all(), queue_filter, viewer, timezone.now())
    own = rows.filter(owner=viewer.organization).order_by("-heat", "-pk")
    return list(own.values_list("ref", flat=True)[:MAX_MATCHED])


def start_run(revisions: Mapping[str, int | None], transition: CampaignTransition, viewer: Viewer) -> BulkRun:
    """Queue a run over campaigns: ref → the revision that was displayed, None for the present one.

    Raise Refusal if the viewer may not, QueueFull if too many jobs wait.
    """
    transition.check(timezone.now())
    if transition.kind is TransitionKind.MERGE:
        raise Refusal(Reason.ROLE, _NOT_FOR_ALL)
    seen = {ref: revision for ref, revision in revisions.items() if revision is not None}
    run = BulkRun(note=transition.note, until=transition.until, to=transition.to, refs=list(revisions), revisions=seen)
    return _queue(run, transition.kind, viewer)


def start_large_undo(together: str, viewer: Viewer) -> BulkRun | None:
    """Queue the undo of a request; None if it is on few enough campaigns to be undone at once. Raise Refusal."""
    refs = find_undoable(together, viewer)
    if len(refs) <= AT_ONCE:
        return None
    return _queue(BulkRun(refs=refs, undoes=together), TransitionKind.UNDO, viewer)


def retry_run(run: BulkRun, viewer: Viewer) -> None:
    """Queue a failed run again; it resumes where it stopped. Raise Refusal if it has not failed."""
    check_decider(viewer)
    failed = _UNSCOPED.rows(BulkRun).filter(pk=run.pk, owner=viewer.organization, state=BulkRunState.FAILED)
    values = {"state": BulkRunState.QUEUED, "problem_zh": "", "problem_en": "", "touched_at": timezone.now()}
    if not failed.update(**values):
        raise Refusal(Reason.STATE, Words("该批量操作没有失败", "the bulk action has not failed"))
    enqueue(run_bulk, get_organization(viewer.organization).ref, run.ref)


def _queue(run: BulkRun, kind: TransitionKind, viewer: Viewer) -> BulkRun:
    check_decider(viewer)
    if viewer.person is None:
        raise Refusal(Reason.ROLE, _NOT_FOR_ALL)
    organization = get_organization(viewer.organization).ref
    check_room(organization)
    run.owner_id, run.person_id, run.kind, run.together = (
        viewer.organization,
        viewer.person,
        kind.value,
        sortable_id(),
    )
    run.asked_at = run.touched_at = timezone.now()
    run.save()
    enqueue(run_bulk, organization, run.ref)
    return run


@task()
def run_bulk(ref: str) -> None:
    """Carry out a queued run, or go on with an interrupted one, with the rights that its person has now."""
    claim, rows = sortable_id(), _UNSCOPED.rows(BulkRun)
    queued = rows.filter(ref=ref, state=BulkRunState.QUEUED)
    if not queued.update(state=BulkRunState.RUNNING, claim=claim, touched_at=timezone.now()):
        return  # it is done, or another worker has it
    run = rows.select_related("owner", "person", "to").get(ref=ref)
    viewer = _current_viewer(run)
    try:
        check_decider(viewer)
        with scoped_to(viewer):
            while run.position < len(run.refs):
                _take_chunk(run, viewer)
    except ClaimLost:
        logger.info("the run %s was taken over by another worker", ref)
    except Refusal as refused:
        _fail(run, refused.words)
    except Exception as problem:
        logger.exception("the run %s failed", ref)
        name = type(problem).__name__
        _fail(run, Words(f"{_UNEXPECTED.zh}：{name}", f"{_UNEXPECTED.en}: {name}"))
    else:
        if _claimed(run).update(state=BulkRunState.DONE, touched_at=timezone.now()):
            _notify_done(run, viewer)


def resume_stalled(now: datetime) -> None:
    """Queue the runs whose worker was killed again."""
    open_states = (BulkRunState.QUEUED, BulkRunState.RUNNING)
    stalled = _UNSCOPED.rows(BulkRun).filter(state__in=open_states, touched_at__lte=now - STALL_TIMEOUT)
    waiting = {arguments[0] for arguments in queued_arguments(run_bulk)}
    for run in stalled.select_related("owner"):
        if run.ref not in waiting:
            unclaimed = _UNSCOPED.rows(BulkRun).filter(pk=run.pk, state__in=open_states, touched_at=run.touched_at)
            if unclaimed.update(state=BulkRunState.QUEUED, claim="", touched_at=now):
                enqueue(run_bulk, run.owner.ref, run.ref)


def _current_viewer(run: BulkRun) -> Viewer:
    members = current_memberships().filter(person=run.person_id, organization=run.owner_id)
    return build_viewer(run.owner, frozenset(members.values_list("role", flat=True)), run.person_id)


def _claimed(run: BulkRun) -> QuerySet[BulkRun]:
    return _UNSCOPED.rows(BulkRun).filter(pk=run.pk, state=BulkRunState.RUNNING, claim=run.claim)


def _take_chunk(run: BulkRun, viewer: Viewer) -> None:
    """Change one chunk with its progress in one transaction. Raise ClaimLost if another worker has the run."""
    refs = run.refs[run.position : run.position + CHUNK]
    with recorded():
        if _claimed(run).select_for_update().first() is None:
            raise ClaimLost
        result = _apply(run, refs, viewer)
        left_out = [[row.ref, words.zh, words.en] for row, words in result.refused]
        progress = {
            "position": run.position + len(refs),
            "done": run.done + len(result.done),
            "left_out": [*run.left_out, *left_out][:MOST_LEFT_OUT],
        }
        _claimed(run).update(**progress, touched_at=timezone.now())
    for name, value in progress.items():
        setattr(run, name, value)


def _apply(run: BulkRun, refs: list[str], viewer: Viewer) -> TransitionResult:
    if run.undoes:
        return undo_where_possible(run.undoes, viewer, refs=refs, undo_together=run.together)
    revisions = {ref: run.revisions.get(ref) for ref in refs}
    return apply_where_possible(revisions, _transition(run), viewer, together=run.together)


def _transition(run: BulkRun) -> CampaignTransition:
    """Return the transition of a run; who takes campaigns over is notified once, at its end."""
    return CampaignTransition(TransitionKind(run.kind), run.note, run.until, run.to, is_silent=True)


def _fail(run: BulkRun, words: Words) -> None:
    """Store why a run stopped, and notify the person; it can be retried."""
    problem = {"problem_zh": words.zh[:300], "problem_en": words.en[:300]}
    if _claimed(run).update(state=BulkRunState.FAILED, touched_at=timezone.now(), **problem):
        title = TRANSITION_WORDS[TransitionKind(run.kind)][0]
        text = Words(
            f"批量操作未完成（{title.zh}）：{words.zh}。可在进度页重试",
            f"Bulk action failed ({title.en}): {words.en}. Its page can retry it",
        )
        _notify(run, text, f"bulk-failed:{run.ref}:{run.position}:{run.claim}")


def _notify_done(run: BulkRun, viewer: Viewer) -> None:
    title = TRANSITION_WORDS[TransitionKind(run.kind)][1]
    words = Words(
        f"批量操作完成：{title.zh} {run.done:,} 个团伙，共 {len(run.refs):,} 个",
        f"Bulk action finished: {run.done:,} of {len(run.refs):,} campaigns {title.en}",
    )
    _notify(run, words, f"bulk:{run.ref}")
    if run.kind == TransitionKind.HAND_OVER and run.done:
        actions = _UNSCOPED.rows(CampaignAction).filter(together=run.together).select_related("campaign")
        campaigns = [action.campaign for action in actions.order_by("pk")]
        notify_assignee(campaigns, _transition(run), viewer, timezone.now(), run.together)


def _notify(run: BulkRun, words: Words, key: str) -> None:
    path = reverse("campaign_bulk_run", args=[run.ref])
    create_notification(run.owner_id, words, key=key, at=timezone.now(), person=run.person, path=path)
