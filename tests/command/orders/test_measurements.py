"""What was measured is on record and moves the legs that it proves or disproves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.orders.given import states
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.measurements import add_measurement
from fanzha.command.orders.models import MeasurementKind
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("own_home")


def test_two_calls_prove_an_order(world: World) -> None:
    order, viewer = issued(world, receivers=("carrier",)), world.viewer("centre", Role.ANALYST)
    executor = actor(world, "carrier", Role.EXECUTOR)
    done = {"executed_at": to_ms(timezone.now()), "result": "done", "proof": upload_for_all([b"refused"])}
    fire(order.ref, "report_executed", executor, done, leg="1")
    refused, control = {"arrived": False, "route": "A"}, {"arrived": True, "route": "A", "received_caller": "110"}
    assert add_measurement(order, viewer, MeasurementKind.TEST_CALL, "170 0000 1234", refused, None) == []
    assert add_measurement(order, viewer, MeasurementKind.TEST_CALL, "+8617000009999", control, None) == ["prove"]
    assert states(order) == {"1": "verified"}
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="measured").count() == 2


def test_what_is_no_value_or_not_yet_is_refused(world: World) -> None:
    order, viewer = issued(world), world.viewer("centre", Role.ANALYST)
    with pytest.raises(Refusal) as refused:
        add_measurement(order, viewer, MeasurementKind.SITE_PROBE, "no site", {}, None)
    assert "value" in refused.value.fields
    with pytest.raises(Refusal) as refused:
        add_measurement(order, viewer, MeasurementKind.TEST_CALL, "110", {}, timezone.now() + timedelta(hours=1))
    assert "at" in refused.value.fields
