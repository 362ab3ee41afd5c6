"""Who reads an order sees what the zone serves of it and which resolvers have it, and what became of a mail."""

from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.orders.given import leg_of, settle
from tests.command.orders.test_presenters import rows
from tests.command.orders.test_zone_delivery import ordered, with_zone
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.orders.leg_status import describe_leg_status, find_zone_status
from fanzha.command.orders.models import Sending, SendingState
from fanzha.command.orders.zone_delivery import require_zone_settings
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.policy_zone import ZoneTransfer, open_zone

__all__ = ["with_zone"]
pytestmark = pytest.mark.usefixtures("own_home", "in_english")


def test_the_zone_says_what_it_serves_and_who_has_loaded_it(world: World, with_zone: Path) -> None:
    order = ordered(world)
    first = find_zone_status(order)
    assert first is not None and first[:2] == (2, 2) and first[4:] == (0, 0)
    settings = require_zone_settings()
    with open_zone(settings.profile()) as zone:
        zone.record_transfer(ZoneTransfer("192.0.2.1", "key", "AXFR", first.serial, 5))
        zone.record_transfer(ZoneTransfer("192.0.2.2", "key", "SOA", first.serial - 1, 5))
    status = next(row.status for row in rows(world, order, "centre", Role.ANALYST) if row.status)
    assert f"blocks 2 of 2 names (serial {first.serial} of " in status
    assert status.endswith("1 of 2 resolvers have loaded this serial.")


def test_without_a_zone_nothing_is_said(world: World, own_home: Path, exercise_settings: None) -> None:
    order = issued(world)
    settle()
    assert find_zone_status(order) is None
    assert {row.status for row in rows(world, order, "centre", Role.ANALYST)} == {""}


def test_a_mail_is_taken_by_its_server_and_answered_by_people(
    world: World, own_home: Path, exercise_settings: None
) -> None:
    leg = leg_of(issued(world))
    sending = Sending(channel="abuse_report", state=SendingState.WAITING)
    with unscoped("test"):
        assert describe_leg_status(leg, sending, None) == "The mail server has not taken the mail."
        sending.state, sending.sent_at = SendingState.SENT, timezone.now()
        assert describe_leg_status(leg, sending, None).endswith("No answer was entered yet.")
        leg.state = "acknowledged"
        assert describe_leg_status(leg, sending, None).endswith("An answer was entered.")
        sending.is_undo = True
        assert "answer" not in describe_leg_status(leg, sending, None)
