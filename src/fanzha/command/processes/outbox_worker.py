"""Carry out what steps asked for: at least once each, with growing pauses after failures, and an end that is seen."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils import timezone

from fanzha.command.audit.recording import recorded
from fanzha.command.processes import notifications
from fanzha.command.processes.delivery_pool import Lane, Later
from fanzha.command.processes.handlers import handlers
from fanzha.command.processes.models import OutboxItem
from fanzha.command.processes.models.outbox import OutboxState
from fanzha.command.web.scoping import everything

log = logging.getLogger(__name__)

#: How long a worker holds an item before another may take it: longer than any handler needs.
LEASE = timedelta(minutes=2)
PAUSES = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 3600, 3600)]


def carry_out(now: datetime, limit: int = 200, lane: Lane | None = None) -> int:
    """Carry out what is due at a moment; return how many were done.

    What waits for receivers' systems comes last, or is left to a lane, which then holds it.
    """
    with everything("effects of all organisations are carried out by one worker"):
        due = OutboxItem.objects.filter(state=OutboxState.WAITING, next_at__lte=now).order_by("next_at", "id")
        if lane is not None:
            due = due.exclude(pk__in=lane.held())
        done, left = 0, list[tuple[OutboxItem, Later]]()
        for item in due.select_related("instance")[:limit]:
            found = _begun(item, now)
            if isinstance(found, Later):
                left.append((item, found))
            else:
                done += found
        if lane is None:
            return done + sum(_ended(item, later, now) for item, later in left)
        for item, later in left:
            lane.put(item.pk, Later(later.receiver, partial(_in_lane, item, later)))
        return done


def _begun(item: OutboxItem, now: datetime) -> "bool | Later":
    """Carry an item out; return whether it was, or what is left of it."""
    if not _held(item, item.next_at, attempts=F("attempts") + 1):
        return False
    handler = handlers().get(item.effect)
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
            _done(item)
    except Exception as problem:  # whatever it is, the item is tried again and the next one is not held up
        _failed(item, problem, now)
        return False
    return True


def _in_lane(item: OutboxItem, later: Later) -> None:
    """Do what is left of an item, unless it waited so long for its turn that another worker took it."""
    with everything("effects of all organisations are carried out by one worker"):
        if _held(item, item.next_at):
            _ended(item, later, timezone.now())


def _ended(item: OutboxItem, later: Later, now: datetime) -> bool:
    try:
        later.do()
    except Exception as problem:
        _failed(item, problem, now)
        return False
    _done(item)
    return True


def _held(item: OutboxItem, until: datetime, **changes: Combinable) -> bool:
    """Hold the item for a while from now on; of two workers one gets it."""
    mine = OutboxItem.objects.filter(pk=item.pk, state=OutboxState.WAITING, next_at=until)
    item.next_at = timezone.now() + LEASE
    return bool(mine.update(next_at=item.next_at, **changes))


def _done(item: OutboxItem) -> None:
    OutboxItem.objects.filter(pk=item.pk).update(state=OutboxState.DONE, done_at=timezone.now(), problem="")


def _failed(item: OutboxItem, problem: Exception, now: datetime) -> None:
    attempts = item.attempts + 1
    log.warning("%s of %s failed (attempt %d): %s", item.effect, item.instance.ref, attempts, problem)
    given_up = attempts > len(PAUSES)
    OutboxItem.objects.filter(pk=item.pk).update(
        state=OutboxState.DEAD if given_up else OutboxState.WAITING,
        problem=f"{type(problem).__name__}: {problem}"[:400],
        next_at=now + PAUSES[min(attempts, len(PAUSES)) - 1],
    )
    if given_up:
        notifications.given_up(item)
