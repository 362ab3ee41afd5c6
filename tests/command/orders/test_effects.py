"""What steps of an order ask for is carried out: decisions reach the snapshot, legs who acts, proofs the steps."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, settle, states
from tests.command.people import World
from tests.command.processes.orders_made import actor, drafted, issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.claims.snapshot_entry import HOUR_MS
from fanzha.claims.treatment import Treatment
from fanzha.command.orders.effects import apply_decision, revoke_decision
from fanzha.command.orders.models import Sending, SendingState
from fanzha.command.processes.models import Notification, OutboxItem, OutboxState, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.services import About, fire, open_process
from fanzha.command.processes.worker import fire_due_timers
from fanzha.command.subjects.models import OpinionRow, VerdictRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.store.decisions import DecisionLog
from fanzha.store.snapshot_publisher import find_served_entries
from fanzha.store.snapshots import SnapshotStore

NUMBER = "+8617000001234"


@pytest.fixture(autouse=True)
def exercise(own_home: object, exercise_settings: None) -> None:
    """A state folder of its own, in which made-up orders act."""


def in_snapshot() -> Treatment | None:
    (entry,) = find_served_entries(SnapshotStore(), [("phone_number", NUMBER)])
    return entry.treatment if entry else None


def test_screens_carry_an_order_out_prove_it_and_lift_it(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier",))
    settle()
    assert states(order) == {"1": "verified"} and in_snapshot() is Treatment.REFUSE
    order.refresh_from_db()
    assert order.state == "in_force"
    with unscoped("test"):
        proven = Step.objects.get(instance=order, event="prove")
        assert proven.evidence["method"] == "snapshot" and len(proven.evidence["proof"]) == 64
        assert VerdictRow.objects.get(superseded_at=None, owner=world["centre"]).treatment == "refuse"
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong number"})
    settle()
    assert states(order) == {"1": "released"} and in_snapshot() is None
    order.refresh_from_db()
    assert order.state == "rolled_back" and DecisionLog().read_active() == {}
    with unscoped("test"):
        assert OpinionRow.objects.get().withdrawn_at is not None
        assert not VerdictRow.objects.filter(superseded_at=None, treatment="refuse").exists()
        assert not OutboxItem.objects.exclude(state=OutboxState.DONE).exists()


def test_an_emergency_order_of_some_minutes_acts_until_its_end(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order, now = drafted(world, receivers=("carrier",)), timezone.now()
    soon = {"danger": "money is on its way", "expires_at": to_ms(now + timedelta(minutes=5))}
    fire(order.ref, "issue_emergency", actor(world, "centre", Role.REVIEWER), soon)
    settle()
    assert states(order) == {"1": "verified"} and in_snapshot() is Treatment.REFUSE
    over = now + timedelta(minutes=6)
    fire_due_timers(over)
    while deliver_due(over):
        pass
    assert states(order) == {"1": "released"} and in_snapshot() is None


def test_who_has_no_system_is_told_and_does_it_by_hand(world: World) -> None:
    order = issued(world, receivers=("carrier",))
    settle()
    assert states(order) == {"1": "sent"} and in_snapshot() is None
    with unscoped("test"):
        notification = Notification.objects.get(owner=world["carrier"])
        assert notification.text_en.startswith("To do: Order") and notification.urgent
        assert notification.text_en.endswith(": Acknowledge")  # what waits for it, and not "Approve as second person"
        assert not Sending.objects.exists()


def test_a_renewed_order_holds_longer_and_ends_as_a_whole(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier",))
    settle()
    later = to_ms(timezone.now() + timedelta(days=30))
    fire(order.ref, "propose_renewal", actor(world, "centre", Role.ANALYST), {"reason": "on", "proposed_end": later})
    reviewer = actor(world, "centre", Role.REVIEWER)
    fire(order.ref, "approve_renewal", reviewer, {"expires_at": later, "opinion": "yes"})
    settle()
    (entry,) = find_served_entries(SnapshotStore(), [("phone_number", NUMBER)])
    assert entry is not None and entry.until == later // HOUR_MS * HOUR_MS
    with unscoped("test"):
        assert to_ms(OpinionRow.objects.get().until or timezone.now()) == later
    fire(order.ref, "end_early", reviewer, {"reason": "the case is closed"})
    settle()
    assert in_snapshot() is None and states(order) == {"1": "released"}


def test_a_made_up_order_acts_on_nothing_where_there_is_no_exercise(world: World, own_home: Path) -> None:
    (own_home / "fanzha.toml").write_text("")
    endpoint(world, "carrier", "number_treatment")
    issued(world, receivers=("carrier",))
    settle()
    assert in_snapshot() is None


def test_what_was_withdrawn_meanwhile_is_not_published(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = issued(world, receivers=("carrier",))
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "the wrong number"})
    settle()
    assert in_snapshot() is None and states(order) == {"1": "cancelled"}
    with unscoped("test"):
        assert {sending.state for sending in Sending.objects.all()} <= {SendingState.OVERTAKEN, SendingState.SENT}
        assert not VerdictRow.objects.filter(superseded_at=None, treatment="refuse").exists()


def test_a_process_of_another_sort_decides_on_its_subject(world: World) -> None:
    about = subject("bank-made-up.example", "website")
    finding_row(world["centre"], about)
    analyst, reviewer = actor(world, "centre", Role.ANALYST), actor(world, "centre", Role.REVIEWER)
    process = open_process(
        "indicator",
        "report",
        world["centre"],
        analyst,
        {"kind": "site", "indicator": "bank-made-up.example", "live_victims": "plain"},
        about=About("website", about.ref, title="a site"),
    )
    item = OutboxItem.objects.create(
        key="k", instance=process, step=1, effect="publish_decision", payload={"event": "confirm"}
    )
    with unscoped("test"):
        apply_decision(item)
        opinion = OpinionRow.objects.get(process=process.ref)
        assert (opinion.decision, opinion.level, opinion.subject_id) == (True, "suspected", about.pk)
        revoke_decision(item)
        opinion.refresh_from_db()
    assert opinion.withdrawn_at is not None and reviewer.organization == world["centre"].ref
