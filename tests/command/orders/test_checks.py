"""Whichever way an order is opened or moved, it hits nobody who is spared, and only who may do it gets a leg."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.orders.given import spare
from tests.command.people import World
from tests.command.processes.orders_made import MIXED_TARGETS, actor, draft_evidence, drafted, issued, mixed_issued
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.clock import to_ms
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.processes.models import Leg, ProcessInstance
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("own_home")
NUMBER = "+8617000001234"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"subjects": (NUMBER, "110"), "hits": 2}, "subjects"),
        ({"subjects": (NUMBER, "nonsense")}, "subjects"),
        ({"action": "take_down"}, "action"),
        ({"hits": 0}, "hits"),
        ({"hits": 2}, "hits"),
    ],
)
def test_what_drafting_refuses_is_refused_of_every_draft(world: World, changes: dict[str, Any], field: str) -> None:
    evidence = draft_evidence(world, timezone.now()) | changes
    with pytest.raises(Refusal) as refused:
        open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    assert field in refused.value.fields


def test_an_order_on_an_emergency_number_is_refused_by_the_page_of_processes(world: World) -> None:
    answer = world.client("centre", Role.ANALYST).post(
        reverse("process_open", args=["order", "draft"]),
        {
            "target_kind": "number",
            "action": "refuse",
            "subjects": "110",
            "scope": "outgoing",
            "reason": "a burst",
            "expires_at": "2027-01-01T00:00",
            "receivers": [world["carrier"].pk],
        },
    )
    assert answer.status_code == 422 and "cannot be ordered on" in answer.content.decode()
    with unscoped("test"):
        assert not ProcessInstance.objects.exists()


def test_a_bank_gets_no_leg_to_refuse_a_number(world: World) -> None:
    evidence = draft_evidence(world, timezone.now()) | {"receivers": (to_party(world["bank"]),)}
    with pytest.raises(Refusal, match="Example bank"):
        open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    order = issued(world, receivers=("carrier",))
    holder = {"cause": "not_mine", "holder": to_party(world["bank"])}
    with pytest.raises(Refusal, match="Example bank"):
        fire(order.ref, "forward", actor(world, "carrier", Role.EXECUTOR), holder, leg="1")
    returned = drafted(world)
    fire(returned.ref, "send_back", actor(world, "centre", Role.REVIEWER), {"reason": "to another one"})
    revised = {
        "changed": "the receiver",
        "expires_at": draft_evidence(world, timezone.now())["expires_at"],
        "receivers": (to_party(world["bank"]),),
    }
    with pytest.raises(Refusal, match="Example bank"):
        fire(returned.ref, "revise", actor(world, "centre", Role.ANALYST), revised)


def test_an_order_is_not_approved_when_everybody_of_it_has_come_to_be_spared(world: World, own_home: Path) -> None:
    order = drafted(world)
    spare(own_home, NUMBER)
    with pytest.raises(Refusal, match="no targets left"):
        fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})


def warn(world: World, **changes: Any) -> None:
    """Find the number to be that of a victim."""
    finding_row(world["bank"], subject(NUMBER), fraud_type="victim_at_risk", **changes)


def test_a_victim_and_nothing_else_is_no_target_by_any_way_of_drafting(world: World) -> None:
    warn(world)
    evidence = draft_evidence(world, timezone.now())
    with pytest.raises(Refusal) as refused:
        open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    assert "Warn the person instead" in refused.value.fields["subjects"].en
    assert "劝阻" in refused.value.fields["subjects"].zh
    finding_row(world["centre"], subject(NUMBER))  # that number acts as well
    assert drafted(world).state == "drafted"


def test_an_order_is_not_approved_when_everybody_of_it_has_come_to_be_a_victim(world: World) -> None:
    order = drafted(world)
    warn(world)
    with pytest.raises(Refusal, match="this is a victim"):
        fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})


def test_an_order_in_force_is_not_escaped_by_later_findings(world: World) -> None:
    order = issued(world)
    warn(world, came_in_at=timezone.now() + timedelta(seconds=1))
    assert [target.value for target in summarize_order(order).targets] == [NUMBER]
    later = to_ms(timezone.now() + timedelta(seconds=2))
    assert summarize_order(order, later).targets == () and summarize_order(order, later).with_all_targets.targets


def test_a_victim_is_named_for_her_own_sake_in_a_stop_of_payment(world: World) -> None:
    warn(world)
    evidence = {
        "victim": NUMBER,
        "accounts": ("6222020000000000000",),
        "amount": 5_000,
        "paid_at": to_ms(timezone.now()),
        "banks": (to_party(world["bank"]),),
        "hold_ends_at": to_ms(timezone.now() + timedelta(hours=24)),
    }
    opened = open_process("stop_payment", "request", world["police"], actor(world, "police", Role.ANALYST), evidence)
    assert opened.state == "requested"


@pytest.mark.parametrize(("name", "is_allowed"), [("police", True), ("centre", False), ("carrier", False)])
def test_an_order_to_hold_money_is_for_the_police_alone(world: World, name: str, is_allowed: bool) -> None:
    evidence = draft_evidence(world, timezone.now(), ("bank",)) | {
        "target_kind": "payment",
        "action": "hold",
        "subjects": ("6222020000000000000",),
    }
    analyst = actor(world, name, Role.ANALYST)
    if is_allowed:
        assert open_process("order", "draft", world[name], analyst, evidence).state == "drafted"
        return
    with pytest.raises(Refusal, match="risk hint"):
        open_process("order", "draft", world[name], analyst, evidence)


@pytest.mark.parametrize(
    ("receivers", "targets", "words"),
    [
        (("carrier",), (*MIXED_TARGETS, "app:org.example.trap"), "choose what is to be done"),
        (("carrier", "isp"), MIXED_TARGETS, None),
        (("carrier",), MIXED_TARGETS, "no receiver may do this: take a site down"),
        (("platform",), MIXED_TARGETS[:1], "Example platform"),
        (("isp",), MIXED_TARGETS, "no receiver may do this: refuse calls"),
    ],
)
def test_each_kind_has_an_action_and_each_action_a_receiver(
    world: World, receivers: tuple[str, ...], targets: tuple[str, ...], words: str | None
) -> None:
    if words is None:
        mixed_issued(world, receivers, targets)
        return
    with pytest.raises(Refusal, match=words):
        mixed_issued(world, receivers, targets)


def test_a_receiver_whose_targets_are_all_sent_back_gets_no_leg(world: World) -> None:
    order = mixed_issued(world, ("carrier", "isp"), sent_back=(3,), sent_back_reason="a shop")
    with unscoped("test"):
        assert [leg.receiver for leg in Leg.objects.filter(instance=order)] == [world["carrier"]]
    given = {"opinion": "yes", "receivers": (to_party(world["isp"]),)}
    with pytest.raises(Refusal, match="works this out"):
        fire(drafted(world).ref, "approve", actor(world, "centre", Role.REVIEWER), given)


def test_an_approval_names_the_victims_to_send_back_if_a_receiver_has_no_other_target(world: World) -> None:
    mixed = {"target_kind": "mixed", "number_action": "refuse", "site_action": "take_down", "hits": 2}
    evidence = draft_evidence(world, timezone.now(), ("carrier", "isp")) | mixed
    evidence["subjects"] = (MIXED_TARGETS[0], MIXED_TARGETS[2])
    del evidence["action"]
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    warn(world)
    reviewer = actor(world, "centre", Role.REVIEWER)
    with pytest.raises(Refusal) as refused:
        fire(order.ref, "approve", reviewer, {"opinion": "yes"})
    assert refused.value.fields["sent_back"].en.startswith("send back no. 1 of the list")
    assert "第1号" in refused.value.fields["sent_back"].zh
    fire(order.ref, "approve", reviewer, {"opinion": "yes", "sent_back": (1,), "sent_back_reason": "a victim"})
    with unscoped("test"):
        assert [leg.receiver for leg in Leg.objects.filter(instance=order)] == [world["isp"]]


def test_a_leg_is_forwarded_to_whoever_may_do_all_of_it(world: World) -> None:
    order = mixed_issued(world)
    executor = actor(world, "carrier", Role.EXECUTOR)
    with pytest.raises(Refusal, match="Example platform"):
        fire(order.ref, "forward", executor, {"cause": "not_mine", "holder": to_party(world["platform"])}, leg="1")
    fire(order.ref, "forward", executor, {"cause": "not_mine", "holder": to_party(world["mvno"])}, leg="1")


def test_each_receiver_has_the_time_of_the_kind_of_target_that_it_acts_on(world: World) -> None:
    order = mixed_issued(world, ("carrier", "isp"), ("number:+8617000001234", "site:shop.example"))
    for leg, name in (("1", "carrier"), ("2", "isp")):
        executor = actor(world, name, Role.EXECUTOR)
        with pytest.raises(Refusal):
            fire(order.ref, "acknowledge", executor, {"kind_here": "app"}, leg=leg)
        fire(order.ref, "acknowledge", executor, {}, leg=leg)
    legs = Leg._base_manager.filter(instance=order).order_by("name")
    spans = [leg.due_at - leg.changed_at for leg in legs if leg.due_at is not None]
    assert spans == [timedelta(minutes=30), timedelta(hours=2)]
    several = mixed_issued(world, ("carrier", "isp"))  # the carrier acts on a number and on a line
    fire(several.ref, "acknowledge", actor(world, "carrier", Role.EXECUTOR), {}, leg="1")
    row = Leg._base_manager.get(instance=several, name="1")
    assert row.due_at is not None and row.due_at - row.changed_at == timedelta(hours=2)
