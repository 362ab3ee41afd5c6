"""An appeal names targets: upholding it restores these alone, on the screens and at each receiver, which is proven."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.orders.given import answers, endpoint, settle, signed, states
from tests.command.orders.receiving import Receiver
from tests.command.orders.test_target_rows import NUMBERS, approve
from tests.command.orders.test_target_rows import states as target_states
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence

from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.verification import verify
from fanzha.command.orders import target_appeals
from fanzha.command.orders.models import OrderTarget, Sending
from fanzha.command.orders.order_summary import summarize_order
from fanzha.command.orders.receiver_messages import ingest_request
from fanzha.command.orders.target_appeals import end_restored_orders
from fanzha.command.orders.target_evidence import present_targets
from fanzha.command.organizations.models import Membership
from fanzha.command.processes.models import FalseDisposal, Leg, ProcessInstance, ProcessVersion, SubjectNotice
from fanzha.command.processes.parties import to_actor, to_party
from fanzha.command.processes.services import adopt_process, fire, open_process
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.processes.refusal import Reason, Refusal
from fanzha.store.decisions import DecisionLog

pytestmark = pytest.mark.usefixtures("exercise_settings", "socket_enabled", "in_english")


@pytest.fixture
def order(world: World) -> Iterator[ProcessInstance]:
    """An order on three numbers in force at the screens of the carrier and the system of an MVNO."""
    with Receiver() as receiver:
        endpoint(world, "carrier", "number_treatment")
        endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        evidence = draft_evidence(world, timezone.now(), ("carrier", "mvno")) | {"subjects": NUMBERS, "hits": 3}
        made = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
        approve(world, made)
        settle()
        yield made


def file_appeal(world: World, order: ProcessInstance, numbers: str = "2", name: str = "centre") -> Any:
    data = {"order": order.ref, "targets": numbers, "channel": "shop", "text": "a clinic", "owner": order.owner.ref}
    return world.client(name, Role.CLERK).post(reverse("process_open", args=["target_appeal", "appeal"]), data)


def hearing(world: World) -> Any:
    """A reviewer of another unit, who did not decide on the order."""
    person = world.person("centre", Role.DUTY_OFFICER, Role.REVIEWER)
    with unscoped("test"):
        Membership.objects.filter(person=person).update(unit="appeals")
    return world.viewer("centre", Role.DUTY_OFFICER, Role.REVIEWER)._replace(unit="appeals")


def served() -> set[str]:
    return {name.rpartition(":")[2] for name in DecisionLog().read_active()}


def uphold(world: World, appeal: ProcessInstance, event: str = "uphold") -> None:
    fire(appeal.ref, event, to_actor(hearing(world)), {"reason": "it is a clinic"})


def appeal_of(order: ProcessInstance) -> ProcessInstance:
    with unscoped("test"):
        return ProcessInstance.objects.get(process="target_appeal", situation__facts__order=order.ref)


def shown(world: World, order: ProcessInstance) -> tuple[str, list[str]]:
    """What the page of the order says of the second target: its state, and that of each receiver."""
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        rows = present_targets(order, world.viewer("centre", Role.ANALYST), timezone.now())
    row = next(row for row in rows if row.number == 2)
    return row.state.word, [leg.words for leg in row.legs]


def test_upholding_restores_the_one_target_everywhere_and_the_order_goes_on(
    world: World, order: ProcessInstance
) -> None:
    assert served() == set(NUMBERS) and states(order)["1"] == "verified"
    assert file_appeal(world, order).status_code == 302
    assert target_states(order) == ["approved", "appealed", "approved"] and served() == set(NUMBERS)
    appeal = appeal_of(order)
    assert appeal.title == "+86 17•• ••0 1235"
    uphold(world, appeal)
    settle()
    assert served() == {NUMBERS[0], NUMBERS[2]} and target_states(order) == ["approved", "restored", "approved"]
    assert states(order) == {"1": "verified", "2": "sent"} and states(appeal) == {"1": "released", "2": "releasing"}
    assert shown(world, order) == ("being lifted, 1 of 2", ["Proven to be lifted", "To be lifted"])
    summary = summarize_order(order)
    assert [target.value for target in summary.targets] == [NUMBERS[0], NUMBERS[2]]
    with unscoped("test"):
        withdrawn = OpinionRow.objects.exclude(withdrawn_at=None)
        assert [row.subject.value for row in withdrawn.select_related("subject")] == [NUMBERS[1]]
        sent = Sending.objects.get(instance=appeal, channel="signed_webhook")
        assert sent.is_undo and sent.state == "sent"
        assert FalseDisposal.objects.filter(instance=appeal).count() == 1
        assert "upheld" in SubjectNotice.objects.get(instance=appeal).fact_en
        receiving = world["mvno"].order_endpoints.get()
    lifted = {"leg": f"{order.ref}/2", "state": "executed", "undo": True, "at": "2026-03-01T08:00:00+08:00"}
    other = {**lifted, "targets": [{"kind": "phone_number", "value": NUMBERS[0]}]}
    assert ingest_request(receiving, signed(answers(other), "b"), timezone.now()).rejected == 1
    own = {**lifted, "targets": [{"kind": "phone_number", "value": NUMBERS[1]}]}
    assert ingest_request(receiving, signed(answers(own)), timezone.now()).used == 1
    assert states(appeal)["2"] == "lifted" and states(order)["2"] == "sent"
    assert shown(world, order)[0] == "reported as lifted, to be verified"
    owner = world.client("centre", Role.ANALYST)
    call = {"kind": "test_call", "value": NUMBERS[1], "route": "A", "arrived": "on", "received_caller": NUMBERS[1]}
    owner.post(reverse("order_measure", args=[order.ref]), call)
    settle()
    appeal.refresh_from_db()
    assert states(appeal)["2"] == "released" and appeal.state == "restored"
    assert shown(world, order) == ("restored", ["Proven to be lifted", "Proven to be lifted"])
    assert [str(fault) for fault in verify().faults] == []


def test_only_approved_targets_of_an_order_that_the_clerk_may_read_are_appealed_for(
    world: World, order: ProcessInstance
) -> None:
    assert file_appeal(world, order, "7").status_code == 422
    assert file_appeal(world, order, "1.5").status_code == 422
    assert file_appeal(world, order, name="other_carrier").status_code == 422
    assert file_appeal(world, order, name="carrier").status_code == 302
    again = file_appeal(world, order)
    assert again.status_code == 422 and b"under appeal already" in again.content
    with pytest.raises(Refusal) as refused:
        text = {"channel": "shop", "text": "all of them"}
        fire(order.ref, "appeal", actor(world, "centre", Role.CLERK), text)
    assert "several targets" in refused.value.words.en


def test_whoever_decided_on_the_order_does_not_decide_the_appeal(world: World, order: ProcessInstance) -> None:
    file_appeal(world, order)
    appeal = appeal_of(order)
    with pytest.raises(Refusal) as refused:
        fire(appeal.ref, "uphold", actor(world, "centre", Role.REVIEWER), {"reason": "my own"})
    assert refused.value.reason is Reason.SAME_PERSON
    uphold_data = {"reason": "it is right", "next_channel": "the regulator"}
    fire(appeal.ref, "reject", to_actor(hearing(world)), uphold_data)
    assert target_states(order) == ["approved"] * 3 and served() == set(NUMBERS)
    fire(appeal.ref, "appeal_to_regulator", actor(world, "centre", Role.CLERK), {"text": "again"})
    assert target_states(order)[1] == "appealed"
    regulator = actor(world, "administration", Role.REVIEWER)
    fire(appeal.ref, "regulator_upholds", regulator, {"reason": "it is a clinic"})
    settle()
    assert served() == {NUMBERS[0], NUMBERS[2]}


def test_an_appeal_is_heard_by_others_also_after_the_order_has_ended(world: World, order: ProcessInstance) -> None:
    file_appeal(world, order)
    appeal = appeal_of(order)
    with unscoped("test"):
        ProcessInstance.objects.filter(pk=order.pk).update(ended_at=timezone.now())
        OrderTarget.objects.filter(instance=order).update(state="ended")
    with pytest.raises(Refusal) as refused:
        fire(appeal.ref, "uphold", actor(world, "centre", Role.REVIEWER), {"reason": "my own"})
    assert refused.value.reason is Reason.SAME_PERSON
    assert file_appeal(world, order, "1").status_code == 422
    uphold(world, appeal)
    assert target_states(order) == ["ended", "restored", "ended"]


def test_an_answer_on_an_undo_closes_the_appeal_also_after_the_order_was_rolled_back(
    world: World, order: ProcessInstance
) -> None:
    file_appeal(world, order)
    appeal = appeal_of(order)
    uphold(world, appeal)
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    with unscoped("test"):
        receiving = world["mvno"].order_endpoints.get()
    lifted = {"leg": f"{order.ref}/2", "state": "executed", "undo": True, "at": "2026-03-01T08:00:00+08:00"}
    assert ingest_request(receiving, signed(answers(lifted)), timezone.now()).used == 1
    assert states(appeal)["2"] == "lifted" and states(order)["2"] == "cancelled"


def test_the_page_of_the_order_offers_the_appeal_and_lists_it(world: World, order: ProcessInstance) -> None:
    clerk = world.client("centre", Role.CLERK)
    page = clerk.get(reverse("order", args=[order.ref])).content.decode()
    assert page.count(reverse("process_open", args=["target_appeal", "appeal"])) == 3
    prefilled = {"prefill": "yes", "owner": order.owner.ref, "order": order.ref, "targets": "2"}
    form = clerk.post(reverse("process_open", args=["target_appeal", "appeal"]), prefilled).content.decode()
    assert order.ref in form and "receivers" not in form
    file_appeal(world, order)
    uphold(world, appeal_of(order))
    address = reverse("process", args=[appeal_of(order).ref])
    assert address in clerk.get(reverse("order", args=[order.ref])).content.decode()
    executor = world.client("mvno", Role.EXECUTOR)
    assert "Unmasked targets to restore" in executor.get(reverse("order", args=[order.ref])).content.decode()
    handed = executor.post(reverse("order_targets", args=[appeal_of(order).ref])).content.decode()
    assert handed.splitlines() == ["kind,value,action", f"phone_number,'{NUMBERS[1]},refuse"]


def test_an_order_ends_by_itself_when_the_last_of_its_targets_was_restored_and_lifted(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": NUMBERS, "hits": 3}
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    approve(world, order)
    settle()
    for numbers, state in (("1\n2", "in_force"), ("3", "rolled_back")):
        assert file_appeal(world, order, numbers).status_code == 302
        with unscoped("test"):
            appeal = ProcessInstance.objects.filter(process="target_appeal").latest("pk")
        uphold(world, appeal)
        settle()
        order.refresh_from_db()
        assert order.state == state
    assert states(order) == {"1": "released"} and target_states(order) == ["restored"] * 3 and served() == set()
    assert order.ended_at is not None


def without(text: str, name: str, indent: str) -> str:
    """Return the text of a process without one event."""
    start = text.index(f"\n{indent}{name}:\n") + 1
    end = re.compile(rf"\n {{0,{len(indent)}}}\w").search(text, start + len(indent))
    assert end is not None
    return text[:start] + text[end.start() + 1 :]


def test_an_order_of_an_older_version_ends_too_when_all_its_targets_were_restored(
    world: World, order: ProcessInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does so although somebody changes it at the same moment, and the log says by which version it goes on."""
    order.refresh_from_db()
    with unscoped("test"):
        old = without(without(order.version.text, "all_restored", "  "), "settle", "    ")
        old = re.sub(r"\nversion: \d+\n", "\nversion: 2\n", old, count=1)
        version = ProcessVersion.objects.create(name="order", version=2, text=old, text_hash="old")
        ProcessInstance.objects.filter(pk=order.pk).update(version=version, situation=order.situation | {"version": 2})
        OrderTarget.objects.filter(instance=order).update(state="restored")
        changed = list[str]()

        def adopt_late(instance: ProcessInstance, *rest: Any) -> None:
            if not changed:
                ProcessInstance.objects.filter(pk=instance.pk).update(revision=instance.revision + 1)
            changed.append(instance.ref)
            adopt_process(instance, *rest)

        monkeypatch.setattr(target_appeals, "adopt_process", adopt_late)
        end_restored_orders(timezone.now())
        order.refresh_from_db()
        assert order.state == "rolled_back" and order.ended_at is not None and order.version.version > 2
        assert changed == [order.ref] * 2
        entry = LogEntry.objects.get(kind="process_version_adopted")
        assert (entry.process, json.loads(entry.facts)["from"]) == (order.ref, 2)
        end_restored_orders(timezone.now())


def test_whoever_has_the_leg_when_the_appeal_is_upheld_restores_the_target(
    world: World, order: ProcessInstance
) -> None:
    file_appeal(world, order)
    holder = {"cause": "ported_out", "holder": to_party(world["other_mvno"])}
    fire(order.ref, "forward", actor(world, "mvno", Role.EXECUTOR), holder, leg="2")
    uphold(world, appeal_of(order))
    with unscoped("test"):
        legs = Leg.objects.filter(instance=appeal_of(order)).select_related("receiver").order_by("pk")
        assert [leg.receiver for leg in legs] == [world["carrier"], world["other_mvno"]]
