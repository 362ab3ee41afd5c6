"""One turn of the worker lets deadlines pass and carries out; the worker stops when it is told to."""

import threading
from datetime import timedelta

from django.utils import timezone
from tests.command.flows.orders_made import drafted
from tests.command.people import World

from fanzha.command.flows import worker
from fanzha.command.flows.models import Notification
from fanzha.command.organizations.scoping import everything


def test_a_turn_takes_a_late_draft_to_its_desk(world: World) -> None:
    drafted(world, timezone.now() - timedelta(minutes=11))
    assert worker.turn() == 2  # the deadline passed, and the desk was told
    with everything("test"):
        assert Notification.objects.count() == 1
    assert worker.turn() == 0


def test_the_worker_stops_when_it_is_told_to(db: None) -> None:
    stop = threading.Event()
    stop.set()
    worker.run(stop)
