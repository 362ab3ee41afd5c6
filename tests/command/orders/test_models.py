"""Whose rows: endpoints and answers are the receiver's, sendings also the owner's; no secret stands in a row."""

from django.utils import timezone
from tests.command.orders.given import endpoint, settle
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.models import Endpoint, Measurement, ReceivedMessage, Sending


def test_each_reads_his_own(world: World, exercise_settings: None) -> None:
    screen_endpoint = endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier", "other_mvno"))
    settle()
    ReceivedMessage._base_manager.create(
        endpoint=screen_endpoint, way="webhook", name="a", outcome="used", at=timezone.now()
    )
    Measurement._base_manager.create(
        instance=order, owner=world["mvno"], kind="test_call", value="+8617000001234", at=timezone.now()
    )
    readable = {
        name: [
            model.as_read_by(world.viewer(name)).count() for model in (Endpoint, Sending, ReceivedMessage, Measurement)
        ]
        for name in ("carrier", "centre", "other_mvno", "mvno", "ministry", "bank")
    }
    assert readable == {
        "carrier": [1, 1, 1, 0],
        "centre": [0, 1, 0, 1],
        "other_mvno": [0, 0, 0, 0],
        "mvno": [0, 0, 0, 1],
        "ministry": [0, 1, 0, 0],
        "bank": [0, 0, 0, 0],
    }
