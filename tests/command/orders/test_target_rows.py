"""Each target of an order is a row, which the steps of the order change in their transaction."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone
from tests.command.orders.given import settle
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence

from fanzha.command.audit.verification import verify
from fanzha.command.orders.models import OrderTarget
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.orders.target_rows import to_places
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.parties import SYSTEM
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("exercise_settings")
NUMBERS = ("+8617000001234", "+8617000001235", "+8617000001236")


def drafted_on_three(world: World) -> ProcessInstance:
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": NUMBERS, "hits": 3}
    return open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)


def approve(world: World, order: ProcessInstance, **evidence: object) -> None:
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "as the evidence says", **evidence})
    order.refresh_from_db()


def states(order: ProcessInstance) -> list[str]:
    with unscoped("test"):
        return list(OrderTarget.objects.filter(instance=order).order_by("place").values_list("state", flat=True))


@pytest.mark.parametrize("number", [0, 1.5, 10**30, 1e300, -1, "2"])
def test_what_is_no_number_of_a_target_has_a_place_that_no_target_has(number: object) -> None:
    assert to_places([1, 2.0, number]) == {0, 1, -1}


def test_an_approval_sends_some_targets_back_and_orders_on_the_others(world: World) -> None:
    order = drafted_on_three(world)
    assert states(order) == ["proposed"] * 3
    approve(world, order, sent_back=(2,), sent_back_reason="a clinic")
    assert states(order) == ["approved", "sent_back", "approved"]
    with unscoped("test"):
        assert OrderTarget.objects.get(instance=order, place=1).reason == "a clinic"
    summary = summarize_order(order)
    assert (
        [target.value for target in summary.targets]
        == [NUMBERS[0], NUMBERS[2]]
        == [target.value for target in summary.with_all_targets.targets]
    )
    assert [target.value for target in summary.named] == list(NUMBERS)
    settle()
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    assert states(order) == ["restored", "sent_back", "restored"]
    assert [str(fault) for fault in verify().faults] == []


@pytest.mark.parametrize("numbers", [(4,), (0,), (1.5,), (1, 2, 3)])
def test_an_approval_sends_back_only_targets_that_are_there_and_not_all(
    world: World, numbers: tuple[float, ...]
) -> None:
    order = drafted_on_three(world)
    with pytest.raises(Refusal) as refused:
        approve(world, order, sent_back=numbers, sent_back_reason="no evidence")
    assert "sent_back" in refused.value.fields and states(order) == ["proposed"] * 3
    with pytest.raises(Refusal):
        approve(world, order, sent_back=(1,))  # without a reason


def test_a_receiver_reads_what_it_is_to_act_on_and_nobody_else_reads_anything(world: World) -> None:
    order = drafted_on_three(world)
    counts = {}
    for step in ("drafted", "approved"):
        for name in ("centre", "carrier", "mvno"):
            with scoped_to(world.viewer(name, Role.ANALYST)):
                counts[step, name] = OrderTarget.objects.count()
        if step == "drafted":
            approve(world, order, sent_back=(2,), sent_back_reason="a clinic")
    assert counts["drafted", "centre"] == counts["approved", "centre"] == 3
    assert (counts["drafted", "carrier"], counts["approved", "carrier"]) == (0, 2)
    assert counts["drafted", "mvno"] == counts["approved", "mvno"] == 0


def test_an_emergency_that_nobody_confirms_ends_and_does_not_count_as_wrong(world: World) -> None:
    order, soon = drafted_on_three(world), int(timezone.now().timestamp() * 1000) + 7_200_000
    danger = {"danger": "money is on its way", "expires_at": soon}
    fire(order.ref, "issue_emergency", actor(world, "centre", Role.REVIEWER), danger)
    fire(order.ref, "lapse", SYSTEM, {})
    assert states(order) == ["ended"] * 3


@pytest.mark.parametrize("is_approved", [False, True])
def test_the_migration_writes_the_rows_of_orders_that_were_there(world: World, is_approved: bool) -> None:
    order = drafted_on_three(world)
    if is_approved:
        approve(world, order)
    with unscoped("test"):
        columns = ("place", "kind", "value", "thing", "action", "state")
        before = list(OrderTarget.objects.filter(instance=order).order_by("place").values(*columns))
        OrderTarget.objects.all()._raw_delete("default")
        import_module("fanzha.command.orders.migrations.0003_order_targets").write_targets(apps, None)
        assert list(OrderTarget.objects.filter(instance=order).order_by("place").values(*columns)) == before
