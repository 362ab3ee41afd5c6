"""The API tells of an impact, a sending, a way and a message what their pages tell, and no more."""

import pytest
from django.utils import timezone
from pydantic import ValidationError
from tests.command.orders.given import endpoint, settle
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.impact import assess_impact
from fanzha.command.orders.models import ReceivedMessage, Sending
from fanzha.command.orders.schemas import DraftIn, EndpointOut, ImpactOut, MeasurementIn, ReceivedMessageOut, SendingOut
from fanzha.command.web.scoping import scoped_to, unscoped


def test_shapes_say_what_stands_in_rows(world: World, own_home: object) -> None:
    file_endpoint = endpoint(world, "carrier", "signed_file")
    order = issued(world, receivers=("carrier",))
    settle()
    message = ReceivedMessage(
        endpoint=file_endpoint,
        way="file",
        name="a.zip",
        outcome="waiting",
        reason_zh="缺",
        reason_en="gap",
        at=timezone.now(),
    )
    with unscoped("test"):
        sending = SendingOut.of(Sending.objects.select_related("instance").get())
    assert (sending.order, sending.state) == (order.ref, "sent")
    assert (
        ReceivedMessageOut.of(message).reason.en == "gap"
        and ReceivedMessageOut.of(message).endpoint == file_endpoint.ref
    )
    data = EndpointOut.of(file_endpoint).dict()
    assert data["our_keys"][0].startswith("whpk_") and "whsk_" not in str(data)
    choices = {"target_kind": "number", "action": "refuse"}
    with scoped_to(world.viewer("centre")):
        impact = assess_impact(choices, ["+8617000001234"], world.viewer("centre"), timezone.now())
    assert ImpactOut.of(impact).operators[0].targets == 1


@pytest.mark.parametrize("changes", [{"expires_at": "2026-03-01T08:00:00"}, {"targets": ["110"] * 1_001}])
def test_a_moment_without_a_zone_and_more_than_an_order_takes_are_refused(changes: dict[str, object]) -> None:
    data = {
        "target_kind": "number",
        "action": "refuse",
        "targets": ["+8617000001234"],
        "reason": "a burst",
        "receivers": ["R"],
        "expires_at": "2026-03-01T08:00:00+08:00",
    }
    assert DraftIn.model_validate(data).model_dump()["expires_at"].tzinfo is not None
    with pytest.raises(ValidationError):
        DraftIn.model_validate(data | changes)
    with pytest.raises(ValidationError):
        MeasurementIn.model_validate({"kind": "test_call", "value": "1", "at": "2026-03-01T08:00:00"})
