"""Subscriptions and deliveries are their organisation's alone; an event is queued once."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.command.people import World
from tests.command.webhooks.told import URL, subscription

from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.command.webhooks.models import Delivery, Subscription


def test_others_and_those_above_see_nothing_of_them(world: World) -> None:
    row = subscription(world)
    Delivery._base_manager.create(owner=row.owner, subscription=row, place=1, body="{}", next_at=timezone.now())
    for name, seen in (("carrier", True), ("other_carrier", False), ("administration", False)):
        with scoped_to(world.viewer(name, Role.ADMINISTRATOR)):
            assert Subscription.objects.exists() is seen and Delivery.objects.exists() is seen


def test_an_event_is_queued_once(world: World) -> None:
    row = subscription(world)
    fields = {"owner": row.owner, "subscription": row, "place": 7, "body": "{}", "next_at": timezone.now()}
    delivery = Delivery._base_manager.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery._base_manager.create(**fields)
    assert str(row) == URL and str(delivery) == f"{row.pk}/7" and delivery.message == f"evt_{row.ref}_7"
