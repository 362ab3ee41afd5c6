"""Each step that a subscriber's organisation may read is queued once, in order, and says nothing of people."""

import json

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued
from tests.command.webhooks.told import subscription

from fanzha.command.audit.recorder import recorded
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.webhooks import events
from fanzha.command.webhooks.events import queue_events
from fanzha.command.webhooks.models import Delivery, Subscription


def queued(one: Subscription) -> list[tuple[str, str]]:
    """Queue all; return event and leg of each."""
    while True:
        with recorded():
            if not queue_events(one, timezone.now()).entries:
                break
    bodies = [
        json.loads(each.body)["data"] for each in Delivery._base_manager.filter(subscription=one).order_by("place")
    ]
    return [(body["event"], body["leg"]) for body in bodies]


def test_what_happens_from_now_on_is_told_once_and_in_order(world: World) -> None:
    drafted(world)
    one = subscription(world, "centre")
    order = issued(world)
    assert queued(one) == queued(one) == [("draft", ""), ("approve", "")]
    body = json.loads(Delivery._base_manager.order_by("place")[0].body)
    assert body["type"] == "fanzha.step.v1" and body["timestamp"].endswith("Z")
    assert body["data"] == {
        "instance": order.ref, "process": "order", "number": 1, "leg": "", "event": "draft", "before": "",
        "after": "drafted",
    }  # fmt: skip


def test_receivers_hear_of_their_own_legs_and_others_of_nothing(world: World) -> None:
    mine, mvno, nobody = (subscription(world, name) for name in ("carrier", "other_mvno", "bank"))
    order = issued(world)
    for name, leg in (("carrier", "1"), ("other_mvno", "3")):
        fire(order.ref, "acknowledge", actor(world, name, Role.EXECUTOR), {}, leg=leg)
    assert ("acknowledge", "1") in queued(mine) and ("acknowledge", "3") not in queued(mine)
    assert ("acknowledge", "3") in queued(mvno) and ("acknowledge", "1") not in queued(mvno)
    assert queued(nobody) == []


def test_only_processes_that_were_chosen_are_told(world: World) -> None:
    chosen, another = subscription(world, "centre", "order"), subscription(world, "centre", "patrol")
    drafted(world)
    assert queued(chosen) == [("draft", "")] and queued(another) == []


def test_a_long_log_is_looked_through_piece_by_piece(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "CHUNK", 2)
    one = subscription(world, "centre")
    for _ in range(4):
        drafted(world)
    assert queued(one) == [("draft", "")] * 4
