"""Deliver events: signed, at least once, with increasing retry delays, and a visible state of final failure."""

from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.base.outgoing_request import RequestFailed, post
from fanzha.command.audit.services import recorded
from fanzha.command.processes.services import RETRY_DELAYS, DeliveryPool, PendingDelivery
from fanzha.command.web.scoping import unscoped
from fanzha.command.webhooks.addresses import private_address_policy
from fanzha.command.webhooks.events import queue_events
from fanzha.command.webhooks.models import Delivery, DeliveryState, Subscription
from fanzha.command.webhooks.signing_keys import private_keys
from fanzha.dispose import ChannelEndpoint
from fanzha.dispose.signed_webhook import signed_headers

_UNSCOPED = unscoped("one worker delivers to all subscribers")

#: Lease of a worker on a subscription or delivery. Longer than one run takes.
LEASE = timedelta(minutes=2)
#: Retention of completed deliveries.
RETENTION = timedelta(days=7)
#: Maximum number of deliveries per subscriber and run, and the maximum duration of a run.
MAX_DELIVERIES = 200
MAX_RUN_SECONDS = 45.0


def queue_all(now: datetime) -> int:
    """Queue new events for every subscriber, and return their number."""
    queued = 0
    subscriptions = _UNSCOPED.rows(Subscription).filter(is_active=True, removed_at=None, owner__country="")
    for subscription in subscriptions.select_related("owner"):
        entries = 1
        while entries:
            with recorded():
                entries, events = queue_events(subscription, now)
            queued += events
    return queued


def deliver_due(now: datetime, pool: DeliveryPool | None = None) -> int:
    """Send due deliveries in the pool and return 0; without a pool, send them here and return the number sent.

    Subscribers already pending in the pool are skipped.
    """
    rows = _UNSCOPED.rows(Subscription).filter(Exists(_due(now).filter(subscription=OuterRef("pk"))))
    rows = rows.filter(is_active=True, removed_at=None).order_by("pk")
    if pool is None:
        return sum(deliver_to(pk, now) for pk in rows.values_list("pk", flat=True))
    for pk in rows.exclude(pk__in=pool.delivery_ids()).values_list("pk", flat=True):
        pool.submit(pk, PendingDelivery(frozenset({str(pk)}), partial(_deliver_in_pool, pk)))
    return 0


def deliver_to(subscription: int, now: datetime) -> int:
    """Send the due deliveries of one subscriber, the oldest first. Return the number delivered.

    Stop at a failure or at the time limit. A lease ensures that one worker at a time sends to a subscriber.
    """
    is_free = Q(held_until=None) | Q(held_until__lt=timezone.now())
    row = _UNSCOPED.rows(Subscription).filter(pk=subscription)
    if not row.filter(is_free, is_active=True, removed_at=None).update(held_until=timezone.now() + LEASE):
        return 0
    delivered, deadline = 0, monotonic() + MAX_RUN_SECONDS
    try:
        for delivery in _due(now).filter(subscription=subscription).select_related("subscription")[:MAX_DELIVERIES]:
            if monotonic() > deadline or not _deliver_one(delivery, now):
                break
            delivered += 1
    finally:
        row.update(held_until=None)
    return delivered


def _deliver_in_pool(subscription: int) -> None:
    deliver_to(subscription, timezone.now())


def _due(now: datetime) -> "QuerySet[Delivery]":
    rows = _UNSCOPED.rows(Delivery).filter(state=DeliveryState.WAITING, next_at__lte=now)
    return rows.order_by("next_at", "id")


def delete_old(now: datetime) -> None:
    """Delete completed deliveries after the retention period."""
    _UNSCOPED.rows(Delivery).filter(state=DeliveryState.DONE, done_at__lt=now - RETENTION).delete()


def retry_delivery(delivery: Delivery, now: datetime) -> bool:
    """Requeue a failed delivery. Return whether it had failed."""
    dead = _UNSCOPED.rows(Delivery).filter(pk=delivery.pk, state=DeliveryState.DEAD)
    return bool(dead.update(state=DeliveryState.WAITING, attempts=0, next_at=now, problem=""))


def _deliver_one(delivery: Delivery, now: datetime) -> bool:
    due = _UNSCOPED.rows(Delivery).filter(pk=delivery.pk, state=DeliveryState.WAITING, next_at=delivery.next_at)
    if not due.update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
        return False
    attempts = delivery.attempts + 1
    row = _UNSCOPED.rows(Delivery).filter(pk=delivery.pk)
    try:
        send(delivery)
    except (RequestFailed, ValueError) as problem:
        given_up = attempts > len(RETRY_DELAYS)
        row.update(
            state=DeliveryState.DEAD if given_up else DeliveryState.WAITING,
            next_at=now + RETRY_DELAYS[min(attempts, len(RETRY_DELAYS)) - 1],
            problem=str(problem)[:400] or type(problem).__name__,
        )
        return False
    row.update(state=DeliveryState.DONE, done_at=timezone.now(), problem="")
    return True


def send(delivery: Delivery) -> None:
    """Send one event. Raise RequestFailed."""
    subscription, body = delivery.subscription, delivery.body.encode()
    endpoint = ChannelEndpoint(url=subscription.url, signing_keys=private_keys(subscription))
    headers = signed_headers(delivery.message, body, endpoint, to_ms(timezone.now()))
    post(subscription.url, headers, body, private_address_policy())
