"""Run the effects in the outbox at least once each, with backoff after failures and a notification when given up."""

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils import timezone

from fanzha.command.audit.services import recorded
from fanzha.command.processes import notifications
from fanzha.command.processes.delivery_pool import DeliveryPool, PendingDelivery
from fanzha.command.processes.hooks import load_handlers
from fanzha.command.processes.models import OutboxItem, OutboxState
from fanzha.command.web.scoping import unscoped

logger = logging.getLogger(__name__)

#: How long a worker leases an item; longer than any handler needs.
LEASE = timedelta(minutes=2)
RETRY_DELAYS = [timedelta(seconds=seconds) for seconds in (1, 5, 30, 120, 600, 3600, 3600, 3600)]


def deliver_due(now: datetime, limit: int = 200, pool: DeliveryPool | None = None) -> int:
    """Run the effects that are due at `now`; return how many succeeded.

    Requests to receivers' systems run last, or in `pool` if it is given.
    """
    with unscoped("effects of all organisations are carried out by one worker"):
        due = OutboxItem.objects.filter(state=OutboxState.WAITING, next_at__lte=now).order_by("next_at", "id")
        if pool is not None:
            due = due.exclude(pk__in=pool.delivery_ids())
        finished, pending = 0, list[tuple[OutboxItem, PendingDelivery]]()
        for item in due.select_related("instance")[:limit]:
            outcome = _attempt(item, now)
            if isinstance(outcome, PendingDelivery):
                pending.append((item, outcome))
            else:
                finished += outcome
        if pool is None:
            return finished + sum(_finish(item, delivery, now) for item, delivery in pending)
        for item, delivery in pending:
            pool.submit(item.pk, PendingDelivery(delivery.keys, partial(_finish_in_pool, item, delivery)))
        return finished


def requeue(item_id: int, now: datetime) -> None:
    """Run an effect again that was given up."""
    OutboxItem.objects.filter(pk=item_id).update(state=OutboxState.WAITING, attempts=0, next_at=now, problem="")


def _attempt(item: OutboxItem, now: datetime) -> "bool | PendingDelivery":
    """Run an item; return whether it succeeded, or the delivery that remains to be made."""
    if not _lease(item, item.next_at, attempts=F("attempts") + 1):
        return False
    handler = load_handlers().get(item.effect)
    try:
        if handler is None:
            raise LookupError(f"nobody carries out {item.effect}")
        if handler.sends:
            delivery = handler.run(item)
            if delivery is not None:
                return delivery
        with recorded():
            if not handler.sends:
                handler.run(item)
            _mark_done(item)
    except Exception as problem:  # the item is retried, and later items continue
        _mark_failed(item, problem, now)
        return False
    return True


def _finish_in_pool(item: OutboxItem, delivery: PendingDelivery) -> None:
    """Make the remaining delivery of an item, unless its lease expired and another worker took it."""
    with unscoped("effects of all organisations are carried out by one worker"):
        if _lease(item, item.next_at):
            _finish(item, delivery, timezone.now())


def _finish(item: OutboxItem, delivery: PendingDelivery, now: datetime) -> bool:
    try:
        delivery.run()
    except Exception as problem:
        _mark_failed(item, problem, now)
        return False
    _mark_done(item)
    return True


def _lease(item: OutboxItem, until: datetime, **changes: Combinable) -> bool:
    """Lease the item; only one of several concurrent workers succeeds."""
    unclaimed = OutboxItem.objects.filter(pk=item.pk, state=OutboxState.WAITING, next_at=until)
    item.next_at = timezone.now() + LEASE
    return bool(unclaimed.update(next_at=item.next_at, **changes))


def _mark_done(item: OutboxItem) -> None:
    OutboxItem.objects.filter(pk=item.pk).update(state=OutboxState.DONE, done_at=timezone.now(), problem="")


def _mark_failed(item: OutboxItem, problem: Exception, now: datetime) -> None:
    attempts = item.attempts + 1
    logger.warning("%s of %s failed (attempt %d): %s", item.effect, item.instance.ref, attempts, problem)
    given_up = attempts > len(RETRY_DELAYS)
    OutboxItem.objects.filter(pk=item.pk).update(
        state=OutboxState.DEAD if given_up else OutboxState.WAITING,
        problem=f"{type(problem).__name__}: {problem}"[:400],
        next_at=now + RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1],
    )
    if given_up:
        notifications.notify_failed_effect(item)
