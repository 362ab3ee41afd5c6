"""Collections and what is in them are read by their owner and by whom it names, and by nobody else."""

import pytest
from django.utils import timezone
from tests.command.exchange.exchange_world import collection_of, decide, let_read
from tests.command.people import World

from fanzha.command.exchange.models import Collection, CollectionReader, SharedObject
from fanzha.command.exchange.publication import share_pending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_only_owner_and_readers_find_them(world: World) -> None:
    decide(world, "login.example.com")
    let_read(world, collection_of(world))
    share_pending(timezone.now())
    for name, count in (("centre", 1), ("carrier", 1), ("bank", 0), ("ministry", 0)):
        viewer = world.viewer(name)
        assert Collection.as_read_by(viewer).count() == CollectionReader.as_read_by(viewer).count() == count
        assert SharedObject.as_read_by(viewer).exists() is bool(count)
