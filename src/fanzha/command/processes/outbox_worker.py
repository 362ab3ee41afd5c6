"""Carry out what steps asked for: at least once each, with growing pauses after failures, and an end that is seen."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils import timezone

from fanzha.command.audit.recorder import recorded
from fanzha.command.processes import notifications
from fanzha.command.processes.delivery_pool import Deferred, DeliveryPool
from fanzha.command.processes.handlers import load_handlers
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.models.outbox import OutboxState
from fanzha.command.web.scoping import everything

log = logging.getLogger(__name__)

#: How long a worker holds an item before another may take it: longer than any handler needs.
LEASE = timedelta(minutes=2)
RETRY_DELAYS = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 3600, 3600)]


def deliver_due(now: datetime, limit: int = 200, lane: DeliveryPool | None = None) -> int:
    """Carry out what is due at a moment; return how many were done.

    What waits for receivers' systems comes last, or is left to a lane, which then holds it.
    """
    with everything("effects of all organisations are carried out by one worker"):
        due = OutboxItem.objects.filter(state=OutboxState.WAITING, next_at__lte=now).order_by("next_at", "id")
        if lane is not None:
            due = due.exclude(pk__in=lane.pending_ids())
        done, left = 0, list[tuple[OutboxItem, Deferred]]()
        for item in due.select_related("instance")[:limit]:
            found = _attempt(item, now)
            if isinstance(found, Deferred):
                left.append((item, found))
            else:
                done += found
        if lane is None:
            return done + sum(_finish(item, later, now) for item, later in left)
        for item, later in left:
            lane.submit(item.pk, Deferred(later.receiver, partial(_finish_in_pool, item, later)))
        return done


def _attempt(item: OutboxItem, now: datetime) -> "bool | Deferred":
    """Carry an item out; return whether it was, or what is left of it."""
    if not _lease(item, item.next_at, attempts=F("attempts") + 1):
        return False
    handler = load_handlers().get(item.effect)
    try:
        if handler is None:
            raise LookupError(f"nobody carries out {item.effect}")
        if handler.sends:
            left = handler.run(item)
            if left is not None:
                return left
        with recorded():
            if not handler.sends:
                handler.run(item)
            _mark_done(item)
    except Exception as problem:  # whatever it is, the item is tried again and the next one is not held up
        _mark_failed(item, problem, now)
        return False
    return True


def _finish_in_pool(item: OutboxItem, later: Deferred) -> None:
    """Do what is left of an item, unless it waited so long for its turn that another worker took it."""
    with everything("effects of all organisations are carried out by one worker"):
        if _lease(item, item.next_at):
            _finish(item, later, timezone.now())


def _finish(item: OutboxItem, later: Deferred, now: datetime) -> bool:
    try:
        later.run()
    except Exception as problem:
        _mark_failed(item, problem, now)
        return False
    _mark_done(item)
    return True


def _lease(item: OutboxItem, until: datetime, **changes: Combinable) -> bool:
    """Hold the item for a while from now on; of two workers one gets it."""
    mine = OutboxItem.objects.filter(pk=item.pk, state=OutboxState.WAITING, next_at=until)
    item.next_at = timezone.now() + LEASE
    return bool(mine.update(next_at=item.next_at, **changes))


def _mark_done(item: OutboxItem) -> None:
    OutboxItem.objects.filter(pk=item.pk).update(state=OutboxState.DONE, done_at=timezone.now(), problem="")


def _mark_failed(item: OutboxItem, problem: Exception, now: datetime) -> None:
    attempts = item.attempts + 1
    log.warning("%s of %s failed (attempt %d): %s", item.effect, item.instance.ref, attempts, problem)
    given_up = attempts > len(RETRY_DELAYS)
    OutboxItem.objects.filter(pk=item.pk).update(
        state=OutboxState.DEAD if given_up else OutboxState.WAITING,
        problem=f"{type(problem).__name__}: {problem}"[:400],
        next_at=now + RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1],
    )
    if given_up:
        notifications.notify_failed_effect(item)
