"""What steps ask for is carried out once, tried again after failures, and given up where people see it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.processes.test_delivery_pool import until

from fanzha.command.processes import outbox_worker as carrying
from fanzha.command.processes.delivery_pool import DeliveryPool, PendingDelivery
from fanzha.command.processes.hooks import EffectHandler, load_handlers
from fanzha.command.processes.models import Notification, OutboxItem, OutboxState
from fanzha.command.processes.outbox_worker import LEASE, RETRY_DELAYS, deliver_due
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.effects import Effect


def item(world: World, effect: str = "trying") -> OutboxItem:
    return OutboxItem.objects.create(key="k", instance=drafted(world), step=1, effect=effect)


def test_every_effect_of_the_engine_is_carried_out_by_somebody() -> None:
    assert {str(effect) for effect in Effect} - load_handlers().keys() == set()


def test_an_item_is_carried_out_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(carrying, "load_handlers", lambda: {"trying": EffectHandler(lambda one: seen.append(one.key))})
    item(world)
    now = timezone.now() + timedelta(seconds=1)
    assert deliver_due(now) == 1 and deliver_due(now) == 0
    assert seen == ["k"] and OutboxItem.objects.get(key="k").state == OutboxState.DONE


def test_a_failure_is_told_and_tried_again_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(one: OutboxItem) -> None:
        raise ConnectionError("the gateway is away")

    monkeypatch.setattr(carrying, "load_handlers", lambda: {"trying": EffectHandler(fails, sends=True)})
    item(world)
    now = timezone.now() + timedelta(seconds=1)
    assert deliver_due(now) == 0
    held = OutboxItem.objects.get(key="k")
    assert held.problem == "ConnectionError: the gateway is away" and held.next_at == now + RETRY_DELAYS[0]
    for _ in range(len(RETRY_DELAYS)):
        now += timedelta(hours=2)
        deliver_due(now)
    assert OutboxItem.objects.get(key="k").state == OutboxState.DEAD


def test_who_gave_the_order_is_told_of_what_was_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(one: OutboxItem) -> None:
        raise ValueError("it never will")

    monkeypatch.setattr(carrying, "load_handlers", lambda: {"publish_decision": EffectHandler(fails, sends=True)})
    administrator, now = world.person("centre", Role.ADMINISTRATOR), timezone.now() + timedelta(seconds=1)
    item(world, "publish_decision")
    for _ in range(len(RETRY_DELAYS) + 1):
        deliver_due(now)
        now += timedelta(hours=2)
    with unscoped("test"):
        told = {one.person: one.text_en for one in Notification.objects.filter(owner=world["centre"], urgent=True)}
    assert told.keys() == {None, administrator}
    assert "publish the decision to the screens" in told[None]


def test_a_handler_that_fails_in_the_database_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(one: OutboxItem) -> None:
        OutboxItem.objects.create(key="half", instance=one.instance, step=1, effect="none", state=OutboxState.DONE)
        raise ValueError("then it breaks")

    monkeypatch.setattr(carrying, "load_handlers", lambda: {"trying": EffectHandler(half)})
    item(world)
    deliver_due(timezone.now() + timedelta(seconds=1))
    assert not OutboxItem.objects.filter(key="half").exists()


def asking(asked: list[str]) -> dict[str, EffectHandler]:
    """Return two handlers; one waits for a receiver's system."""
    return {
        "asking": EffectHandler(
            lambda one: PendingDelivery(frozenset({"a"}), lambda: asked.append(one.key)), sends=True
        ),
        "trying": EffectHandler(lambda one: asked.append(one.key)),
    }


def two_items(world: World) -> tuple[OutboxItem, OutboxItem]:
    asks = item(world, "asking")
    return asks, OutboxItem.objects.create(key="next", instance=asks.instance, step=1, effect="trying")


def test_receivers_are_asked_after_all_that_waits_for_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(carrying, "load_handlers", lambda: asking(asked))
    two_items(world)
    assert deliver_due(timezone.now() + timedelta(seconds=1)) == 2
    assert asked == ["next", "k"]


def test_what_a_lane_holds_is_neither_waited_for_nor_taken_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(carrying, "load_handlers", lambda: asking(asked))
    asks, _ = two_items(world)
    lane = DeliveryPool(threads=0)
    assert deliver_due(timezone.now() + timedelta(seconds=1), pool=lane) == 1 and asked == ["next"]
    assert deliver_due(timezone.now() + 2 * LEASE, pool=lane) == 0 and lane.delivery_ids() == [asks.pk]
    asks.refresh_from_db()
    assert (asks.state, asks.attempts) == (OutboxState.WAITING, 1)


@pytest.mark.django_db(transaction=True)
def test_a_lane_ends_what_it_was_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(carrying, "load_handlers", lambda: asking(asked))
    asks, _ = two_items(world)
    lane = DeliveryPool()
    deliver_due(timezone.now() + timedelta(seconds=1), pool=lane)
    until(lambda: not lane.delivery_ids())
    asks.refresh_from_db()
    assert asked == ["next", "k"] and asks.state == OutboxState.DONE


def test_an_item_is_held_from_the_moment_it_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "load_handlers", lambda: asking([]))
    asks, _ = two_items(world)
    began = timezone.now()
    OutboxItem.objects.update(next_at=began - timedelta(hours=2))
    deliver_due(began - timedelta(hours=1), pool=DeliveryPool(threads=0))
    asks.refresh_from_db()
    assert asks.next_at >= began + LEASE
