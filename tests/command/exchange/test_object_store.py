"""Rows have one order of ids and times, also if the clock steps back, and a version is stored once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of
from tests.command.people import World

from fanzha.base.marking import Marking
from fanzha.command.exchange.models import SharedObject
from fanzha.command.exchange.object_store import add_objects, encode_object, lock_collection
from fanzha.command.web.scoping import unscoped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def one(name: str, modified: str = "2026-11-02T08:00:00.000Z") -> dict[str, Any]:
    return {"id": f"indicator--{name}", "type": "indicator", "modified": modified}


def test_times_rise_with_ids_also_if_the_clock_steps_back(world: World) -> None:
    collection, now = collection_of(world), timezone.now()
    for offset in (0, -3_600, 5):
        with transaction.atomic():
            locked = lock_collection(collection.pk)
            objects = [encode_object(one(f"{offset}{number}"), Marking.GREEN) for number in range(3)]
            assert add_objects(locked, objects, world["centre"], now + timedelta(seconds=offset)) == 3
    with unscoped("test"):
        moments = list(SharedObject.objects.order_by("pk").values_list("added_at", flat=True))
    assert moments == sorted(set(moments)) and len(moments) == 9


def test_a_version_is_stored_once_and_an_older_one_never(world: World) -> None:
    collection = collection_of(world)
    with transaction.atomic():
        locked = lock_collection(collection.pk)
        first = encode_object(one("a"), Marking.GREEN)
        assert add_objects(locked, [first, first], world["centre"], timezone.now()) == 1
        older = encode_object(one("a", "2026-11-01T08:00:00Z"), Marking.GREEN)
        assert add_objects(locked, [first, older], world["centre"], timezone.now()) == 0


def test_only_the_owner_of_the_collection_replaces_what_another_added(world: World) -> None:
    collection = collection_of(world)
    with transaction.atomic():
        locked = lock_collection(collection.pk)
        far = encode_object(one("a", "2026-11-09T08:00:00Z"), Marking.GREEN)
        now = timezone.now()
        assert add_objects(locked, [far], world["carrier"], now) == 1
        later = encode_object(one("a", "2026-11-10T08:00:00Z"), Marking.GREEN)
        assert add_objects(locked, [later], world["bank"], now) == 0
        assert add_objects(locked, [encode_object(one("a"), Marking.GREEN)], world["centre"], now) == 1
    with unscoped("test"):
        assert SharedObject.objects.get(is_last=True).source == world["centre"]
