"""Decisions are published beside what is known, and what is known counts again when they are withdrawn."""

import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, leg_of
from tests.command.people import World
from tests.command.processes.orders_made import issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.claims.treatment import Treatment
from fanzha.claims.verdict import CaseStatus
from fanzha.command.orders.delivery import build_dispatch
from fanzha.command.orders.order_summary import OrderSummary, summarize_order
from fanzha.command.orders.routes import choose_route
from fanzha.command.orders.screen_delivery import deliver_to_screens, withdraw_from_screens
from fanzha.command.subjects.models import PoliceCase
from fanzha.store.snapshot_publisher import find_served_entries
from fanzha.store.snapshots import SnapshotStore

NUMBER = ("phone_number", "+8617000001234")

pytestmark = pytest.mark.usefixtures("exercise_settings")


def given(world: World) -> OrderSummary:
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier",))
    said, leg = summarize_order(order), leg_of(order)
    way = choose_route(said, leg.receiver)
    assert way is not None
    decisions = build_dispatch(said, leg, way[1], way[0], is_undo=False).decisions
    for _ in range(2):  # what is given twice is given once
        deliver_to_screens(decisions, said.approved_by, timezone.now())
    return said


def test_what_is_known_counts_again(world: World) -> None:
    now = timezone.now()
    finding_row(world["carrier"], simulated=True, found_at=now, valid_until=now.replace(year=now.year + 1))
    said = given(world)
    (entry,) = find_served_entries(SnapshotStore(), [NUMBER])
    assert entry is not None and Treatment.REFUSE in {one.treatment for one in entry.scopes()}
    withdraw_from_screens(f"{said.order}/", said.targets, timezone.now())
    (entry,) = find_served_entries(SnapshotStore(), [NUMBER])
    assert entry is not None and {one.treatment for one in entry.scopes()} == {Treatment.LABEL}


def test_a_police_case_stays_beside(world: World) -> None:
    PoliceCase._base_manager.create(
        subject=subject(), owner=world["police"], reference="A1", status="filed", marking="TLP:GREEN", at=timezone.now()
    )
    given(world)
    (entry,) = find_served_entries(SnapshotStore(), [NUMBER])
    assert entry is not None and CaseStatus.FILED in {one.case for one in entry.scopes()}
