"""Subscribers are told beside the regular jobs: one that hangs holds up no job and no other subscriber."""

import socket
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.processes.orders_made import drafted
from tests.command.processes.test_delivery_pool import until
from tests.command.webhooks.told import subscription

from fanzha.command.web.scheduler import Job, Timetable, regular_jobs
from fanzha.command.webhooks.models import Delivery, Subscription
from fanzha.command.webhooks.tasks import POOL, deliver_events


def subscribed(world: World, url: str) -> Subscription:
    """A subscription to an address that nobody could subscribe to: one of this machine."""
    one = subscription(world, "centre")
    Subscription._base_manager.filter(pk=one.pk).update(url=url)
    return one


def state(one: Subscription) -> list[tuple[str, int]]:
    return list(Delivery._base_manager.filter(subscription=one).values_list("state", "attempts"))


@pytest.mark.django_db(transaction=True)
def test_what_happened_is_queued_and_tried(world: World) -> None:
    one = subscribed(world, "https://127.0.0.1/")
    drafted(world)
    deliver_events(timezone.now())
    until(lambda: not POOL.delivery_ids())
    assert state(one) == [("waiting", 1)]
    assert "tell subscribers" in regular_jobs()


@pytest.mark.django_db(transaction=True)
def test_a_subscriber_that_hangs_holds_up_no_job_and_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, done = threading.Event(), list[str]()

    def looked_up(host: str, *_: Any, **__: Any) -> list[Any]:
        if host == "slow.example":
            answers.wait(60)
        return [(0, 0, 0, "", ("127.0.0.1", 443))]

    slow, quick = subscribed(world, "https://slow.example/"), subscribed(world, "https://quick.example/")
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    drafted(world)
    jobs = {"tell": Job("tell", timedelta(hours=1), deliver_events)}
    jobs["other"] = Job("other", timedelta(hours=1), lambda now: done.append("other"))
    try:
        Timetable(jobs).turn(0.0)
        assert done == ["other"] and slow.pk in POOL.delivery_ids(), "the other job was done while the subscriber hung"
        until(lambda: state(quick) == [("waiting", 1)] and POOL.delivery_ids() == [slow.pk])
        assert "within a network" in Delivery._base_manager.get(subscription=quick).problem
    finally:
        answers.set()
    until(lambda: not POOL.delivery_ids())
    assert state(slow) == [("waiting", 1)]
