"""Carry out what steps asked for: at least once each, with growing pauses after failures, and an end that is seen."""

import logging
from datetime import datetime, timedelta

from django.db.models import F

from fanzha.command.evidence.recording import recorded
from fanzha.command.flows.handlers import Handler, handlers
from fanzha.command.flows.models import OutboxItem
from fanzha.command.flows.models.outbox import OutboxState
from fanzha.command.organizations.scoping import everything

log = logging.getLogger(__name__)

#: How long a worker holds an item before another may take it: longer than any handler needs.
LEASE = timedelta(minutes=2)
PAUSES = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 3600, 3600)]


def carry_out(now: datetime, limit: int = 200) -> int:
    """Carry out what is due at a moment; return how many were done."""
    with everything("effects of all organisations are carried out by one worker"):
        due = OutboxItem.objects.filter(state=OutboxState.WAITING, next_at__lte=now).order_by("next_at", "id")
        return sum(_one(item, now) for item in due.select_related("instance")[:limit])


def _one(item: OutboxItem, now: datetime) -> bool:
    if not _taken(item, now):
        return False
    handler = handlers().get(item.effect)
    try:
        if handler is None:
            raise LookupError(f"nobody carries out {item.effect}")
        _run(handler, item, now)
    except Exception as problem:  # whatever it is, the item is tried again and the next one is not held up
        _failed(item, problem, now)
        return False
    return True


def _taken(item: OutboxItem, now: datetime) -> bool:
    """Hold the item for a while; of two workers one gets it."""
    mine = OutboxItem.objects.filter(pk=item.pk, state=OutboxState.WAITING, next_at=item.next_at)
    return bool(mine.update(next_at=now + LEASE, attempts=F("attempts") + 1))


def _run(handler: Handler, item: OutboxItem, now: datetime) -> None:
    if handler.sends:
        handler.run(item)
    with recorded():
        if not handler.sends:
            handler.run(item)
        OutboxItem.objects.filter(pk=item.pk).update(state=OutboxState.DONE, done_at=now, problem="")


def _failed(item: OutboxItem, problem: Exception, now: datetime) -> None:
    attempts = item.attempts + 1
    log.warning("%s of %s failed (attempt %d): %s", item.effect, item.instance.ref, attempts, problem)
    given_up = attempts > len(PAUSES)
    OutboxItem.objects.filter(pk=item.pk).update(
        state=OutboxState.DEAD if given_up else OutboxState.WAITING,
        problem=f"{type(problem).__name__}: {problem}"[:400],
        next_at=now + PAUSES[min(attempts, len(PAUSES)) - 1],
    )
