"""A decision of an order outranks the evidence in the snapshot, until it is withdrawn."""

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


def deliver_order(world: World) -> OrderSummary:
    """Issue an order to the carrier, deliver it to the screens twice, and return it."""
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier",))
    summary, leg = summarize_order(order), leg_of(order)
    route = choose_route(summary, leg.receiver)
    assert route is not None
    decisions = build_dispatch(summary, leg, route[1], route[0], is_undo=False).decisions
    for _ in range(2):
        deliver_to_screens(decisions, summary.approved_by, timezone.now())
    return summary


def test_findings_count_again_after_the_withdrawal(world: World) -> None:
    now = timezone.now()
    finding_row(world["carrier"], simulated=True, found_at=now, valid_until=now.replace(year=now.year + 1))
    summary = deliver_order(world)
    (entry,) = find_served_entries(SnapshotStore(), [NUMBER])
    assert entry is not None and Treatment.REFUSE in {scope.treatment for scope in entry.scopes()}
    withdraw_from_screens(f"{summary.order}/", summary.targets, timezone.now())
    (entry,) = find_served_entries(SnapshotStore(), [NUMBER])
    assert entry is not None and {scope.treatment for scope in entry.scopes()} == {Treatment.LABEL}


def test_a_police_case_is_kept_beside_the_decision(world: World) -> None:
    PoliceCase._base_manager.create(
        subject=subject(), owner=world["police"], reference="A1", status="filed", marking="TLP:GREEN", at=timezone.now()
    )
    deliver_order(world)
    (entry,) = find_served_entries(SnapshotStore(), [NUMBER])
    assert entry is not None and CaseStatus.FILED in {scope.case for scope in entry.scopes()}
