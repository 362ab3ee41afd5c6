"""A leg's row offers what its reader may press, and tells how it was sent."""

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries
from tests.command.orders.given import answer_file, endpoint, settle
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.models import Measurement, MeasurementKind
from fanzha.command.orders.presenters import LegRow, describe_measurement, present_endpoints, present_legs
from fanzha.command.orders.receiver_messages import ingest_files
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.presenters import present_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped

pytestmark = pytest.mark.usefixtures("exercise_settings", "in_english")


def rows(world: World, order: ProcessInstance, name: str, *roles: Role) -> list[LegRow]:
    viewer = world.viewer(name, *roles)
    with scoped_to(viewer):
        instance = ProcessInstance.objects.select_related("owner", "version").get(pk=order.pk)
        return present_legs(present_process(instance, viewer), viewer)


def test_an_executor_presses_done_on_his_own_leg(world: World) -> None:
    (row,) = rows(world, issued(world), "carrier", Role.EXECUTOR)
    assert row.is_mine and row.can_acknowledge and row.completion_event == "report_executed" and not row.can_urge
    assert "forward" in {step.offer.event for step in row.other_steps} and row.sent_words == "by hand"


def test_the_owner_urges_and_sees_how_each_was_sent(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier", "mvno"))
    settle()
    first, second = rows(world, order, "centre", Role.ANALYST)
    assert (first.channel, first.sent_words, first.can_urge) == ("number treatment", "sent", False)
    assert (second.channel, second.can_urge, second.completion_event) == ("", True, "")


pytestmark = pytest.mark.usefixtures("own_home")


def test_what_was_sent_and_what_came_back(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    file_endpoint = endpoint(world, "carrier", "signed_file")
    endpoint(world, "carrier", "signed_webhook", is_active=False)
    order = issued(world, receivers=("carrier",))
    settle()
    answers = [{"leg": name, "state": "acknowledged", "at": "2026-03-01"} for name in (f"{order.ref}/1", "nothing/1")]
    (get_folder(file_endpoint, "in") / "1.zip").write_bytes(answer_file(1, "", *answers))
    (get_folder(file_endpoint, "in") / "3.zip").write_bytes(answer_file(3, "0" * 64))
    with unscoped("test"):
        ingest_files(timezone.now())
        with django_assert_num_queries(3):
            filed, posted = present_endpoints(world["carrier"])
    assert (filed.sent, filed.waiting, filed.dead, filed.used, filed.rejected) == (1, 0, 0, 1, 1)
    assert (filed.messages_waiting, filed.messages_rejected, filed.outgoing_files, filed.incoming_files) == (1, 0, 1, 1)
    assert (posted.sent, posted.outgoing_files, posted.incoming_files) == (0, None, None)


def test_a_probe_says_what_it_found_where() -> None:
    def words(kind: MeasurementKind, **told: object) -> str:
        return describe_measurement(Measurement(kind=kind, value="pay.example", told=told))

    with override("en"):
        probe = MeasurementKind.SITE_PROBE
        assert words(probe, place="east", state="blocked") == "website check of p***.example from east: blocked"
        assert words(probe, place="east", status=404).endswith("status 404")
        assert words(MeasurementKind.TEST_CALL, arrived=False) == "test call: did not arrive"
