"""Subscribers are told by a regular job."""

from django.utils import timezone
from tests.command.flows.orders_made import drafted
from tests.command.people import World
from tests.command.webhooks.told import subscription

from fanzha.command.site.regular_jobs import regular_jobs
from fanzha.command.webhooks.jobs import tell
from fanzha.command.webhooks.models import Delivery, Subscription


def test_what_happened_is_queued_and_tried(world: World) -> None:
    subscription(world, "centre")
    Subscription._base_manager.update(url="https://127.0.0.1/")
    drafted(world)
    tell(timezone.now())
    assert Delivery._base_manager.get().attempts == 1
    assert "tell subscribers" in regular_jobs()
