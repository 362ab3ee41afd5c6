"""Deliver events: signed, at least once each, with growing pauses after failures, and an end that is seen."""

from datetime import datetime, timedelta
from time import monotonic

from django.db.models import F
from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.evidence.recording import recorded
from fanzha.command.flows.carry_out import PAUSES
from fanzha.command.site.outgoing_request import NotDelivered, post
from fanzha.command.webhooks.addresses import within
from fanzha.command.webhooks.events import queue_events
from fanzha.command.webhooks.models import Delivery, DeliveryState, Subscription
from fanzha.command.webhooks.signing_keys import keys_of
from fanzha.dispose import Endpoint
from fanzha.dispose.signed_webhook import signed_headers

#: How long whoever sends holds a delivery before another may take it.
LEASE = timedelta(minutes=2)
#: How long what was taken is kept to be looked at.
KEPT = timedelta(days=7)
MOST = 200
LONGEST_SECONDS = 45.0


def queue_all(now: datetime) -> int:
    """Queue what has happened for every subscriber; return how many events wait anew."""
    queued = 0
    for subscription in Subscription._base_manager.filter(is_active=True, removed_at=None).select_related("owner"):
        looked = 1
        while looked:
            with recorded():
                looked, more = queue_events(subscription, now)
            queued += more
    return queued


def deliver_due(now: datetime) -> int:
    """Send what is due, the longest waiting first; return how many were taken.

    A subscriber that failed is left alone until the next look, and a look takes no longer than a minute or so: one that
    is slow or away holds up nobody else.
    """
    active = Delivery._base_manager.filter(subscription__is_active=True, subscription__removed_at=None)
    due = active.filter(state=DeliveryState.WAITING, next_at__lte=now).order_by("next_at", "id")
    failed: set[int] = set()
    taken, end = 0, monotonic() + LONGEST_SECONDS
    for one in due.select_related("subscription")[:MOST]:
        if one.subscription_id in failed or monotonic() > end:
            continue
        if _one(one, now):
            taken += 1
        else:
            failed.add(one.subscription_id)
    return taken


def forget_old(now: datetime) -> None:
    """Forget what was taken long ago."""
    Delivery._base_manager.filter(state=DeliveryState.DONE, done_at__lt=now - KEPT).delete()


def send_again(delivery: Delivery, now: datetime) -> bool:
    """Let a delivery that was given up begin anew; return whether it was."""
    dead = Delivery._base_manager.filter(pk=delivery.pk, state=DeliveryState.DEAD)
    return bool(dead.update(state=DeliveryState.WAITING, attempts=0, next_at=now, problem=""))


def _one(delivery: Delivery, now: datetime) -> bool:
    mine = Delivery._base_manager.filter(pk=delivery.pk, state=DeliveryState.WAITING, next_at=delivery.next_at)
    if not mine.update(next_at=timezone.now() + LEASE, attempts=F("attempts") + 1):
        return False
    attempts = delivery.attempts + 1
    held = Delivery._base_manager.filter(pk=delivery.pk)
    try:
        send(delivery)
    except (NotDelivered, ValueError) as problem:
        given_up = attempts > len(PAUSES)
        held.update(
            state=DeliveryState.DEAD if given_up else DeliveryState.WAITING,
            next_at=now + PAUSES[min(attempts, len(PAUSES)) - 1],
            problem=str(problem)[:400] or type(problem).__name__,
        )
        return False
    held.update(state=DeliveryState.DONE, done_at=timezone.now(), problem="")
    return True


def send(delivery: Delivery) -> None:
    """Send one event. Raises NotDelivered."""
    subscription, body = delivery.subscription, delivery.body.encode()
    endpoint = Endpoint(url=subscription.url, ours=keys_of(subscription))
    headers = signed_headers(delivery.message, body, endpoint, to_ms(timezone.now()))
    post(subscription.url, headers, body, within())
