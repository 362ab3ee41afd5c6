"""What is not taken is tried again with growing pauses, then given up and kept; tests/field sends to a real server."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.webhooks.told import subscription

from fanzha.command.processes.delivery_pool import DeliveryPool
from fanzha.command.processes.outbox_worker import RETRY_DELAYS
from fanzha.command.webhooks.delivery import LEASE, RETENTION, delete_old, deliver_due, queue_all, retry_delivery
from fanzha.command.webhooks.models import Delivery, Subscription


def failing(world: World, count: int = 1) -> list[Delivery]:
    """Deliveries to an address within, which is never asked."""
    query = subscription(world, "centre")
    Subscription._base_manager.filter(pk=query.pk).update(url="https://127.0.0.1/")
    for _ in range(count):
        drafted(world)
    assert queue_all(timezone.now()) == count
    return list(Delivery._base_manager.order_by("place"))


def test_the_deliveries_that_lie_there_are_not_counted_at_each_look(world: World) -> None:
    failing(world)
    with CaptureQueriesContext(connection) as queries:
        assert queue_all(timezone.now()) == 0
    assert not [query for query in queries if "COUNT" in query["sql"]]


def test_it_is_tried_again_with_growing_pauses_and_then_given_up(world: World) -> None:
    (delivery,) = failing(world)
    for pause in [*RETRY_DELAYS, RETRY_DELAYS[-1]]:
        delivery.refresh_from_db()
        assert delivery.state == "waiting"
        now = delivery.next_at
        assert deliver_due(now) == 0
        delivery.refresh_from_db()
        assert delivery.next_at == now + pause and "within a network" in delivery.problem
    assert delivery.state == "dead" and delivery.attempts == len(RETRY_DELAYS) + 1
    assert deliver_due(delivery.next_at + timedelta(days=1)) == 0
    assert retry_delivery(delivery, timezone.now()) and not retry_delivery(delivery, timezone.now())
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("waiting", 0)


def test_a_subscriber_that_failed_is_left_alone_until_the_next_look(world: World) -> None:
    failing(world, 3)
    deliver_due(timezone.now())
    assert sorted(Delivery._base_manager.values_list("attempts", flat=True)) == [0, 0, 1]


def test_one_that_is_paused_or_ended_is_asked_nothing(world: World) -> None:
    (delivery,) = failing(world)
    Subscription._base_manager.update(is_active=False)
    deliver_due(timezone.now())
    Subscription._base_manager.update(is_active=True, removed_at=timezone.now())
    deliver_due(timezone.now())
    delivery.refresh_from_db()
    assert delivery.attempts == 0


def test_of_two_who_deliver_one_does(world: World) -> None:
    (delivery,) = failing(world)
    now = timezone.now()
    Delivery._base_manager.filter(pk=delivery.pk).update(next_at=now + timedelta(seconds=60))
    assert deliver_due(now) == 0
    delivery.refresh_from_db()
    assert delivery.attempts == 0


def test_a_subscriber_that_another_sends_to_is_left_to_him_until_he_is_silent_for_long(world: World) -> None:
    (delivery,) = failing(world)
    now = timezone.now()
    Subscription._base_manager.update(held_until=now + LEASE)
    deliver_due(now)
    delivery.refresh_from_db()
    assert delivery.attempts == 0
    Subscription._base_manager.update(held_until=now - timedelta(seconds=1))
    deliver_due(now)
    delivery.refresh_from_db()
    assert delivery.attempts == 1 and Subscription._base_manager.get().held_until is None


def test_a_lane_is_given_each_subscriber_once(world: World) -> None:
    failing(world, 2)
    lane, now = DeliveryPool(threads=0), timezone.now()
    for _ in range(2):
        assert deliver_due(now, lane) == 0
    assert lane.delivery_ids() == [Subscription._base_manager.get().pk]
    assert list(Delivery._base_manager.values_list("attempts", flat=True)) == [0, 0]


def test_what_was_taken_is_forgotten_after_some_days_and_what_was_not_is_kept(world: World) -> None:
    taken, dead = failing(world, 2)
    now = timezone.now()
    Delivery._base_manager.filter(pk=taken.pk).update(state="done", done_at=now - RETENTION - timedelta(seconds=1))
    Delivery._base_manager.filter(pk=dead.pk).update(state="dead")
    delete_old(now)
    assert list(Delivery._base_manager.all()) == [dead]
