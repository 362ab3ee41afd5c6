"""What a receiver answered moves its own legs, once; what does not fit is rejected with the reason."""

from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone
from tests.command.flows.orders_made import actor, draft_evidence, issued
from tests.command.orders.given import answers, endpoint, signed, states
from tests.command.people import World

from fanzha.base.clock import to_ms
from fanzha.command.evidence.models import LogEntry
from fanzha.command.flows.models import Notification, ProcessInstance, Step
from fanzha.command.flows.services import fire, open_process
from fanzha.command.orders.models import Endpoint, ReceivedAnswer, ReceivedMessage
from fanzha.command.orders.receiving import take_request
from fanzha.command.organizations.kinds import Role
from fanzha.command.organizations.scoping import everything

pytestmark = pytest.mark.usefixtures("own_home")
AT = "2026-03-01T08:00:00+08:00"


def answer(made: Endpoint, leg: str, state: str, name: str = "", **told: Any) -> ReceivedMessage:
    body = answers({"leg": leg, "state": state, "at": AT, **told})
    with everything("test"):
        return take_request(made, signed(body, name or f"{leg}-{state}"), timezone.now())


def why() -> str:
    with everything("test"):
        return ReceivedAnswer.objects.order_by("-pk")[0].reason_en


@pytest.fixture
def made(world: World) -> Endpoint:
    return endpoint(world, "carrier", "signed_webhook")


@pytest.fixture
def order(world: World) -> ProcessInstance:
    return issued(world, receivers=("carrier", "mvno"))


def test_it_is_acknowledged_and_executed_with_the_proof_that_was_sent(made: Endpoint, order: ProcessInstance) -> None:
    leg = f"{order.ref}/1"
    assert answer(made, leg, "acknowledged").used == 1
    proof = {"kind": "system_record", "at": AT, "reference": "ticket 7", "result": "blocked"}
    assert answer(made, leg, "executed", proof=proof).used == 1
    assert states(order) == {"1": "executed", "2": "sent"}
    with everything("test"):
        step = Step.objects.get(event="report_executed")
    assert step.evidence["result"] == "blocked" and len(step.evidence["proof"]) == 64
    assert step.evidence["executed_at"] == to_ms(datetime.fromisoformat(AT))
    assert step.actor == f"endpoint:{made.ref}"


def test_a_message_that_comes_again_changes_nothing(made: Endpoint, order: ProcessInstance) -> None:
    first, again = (answer(made, f"{order.ref}/1", "acknowledged", "same") for _ in range(2))
    assert first.pk == again.pk
    with everything("test"):
        assert Step.objects.filter(event="acknowledge").count() == 1
        assert LogEntry.objects.filter(kind="answers_received").count() == 1


def test_it_is_refused_with_the_receivers_words(made: Endpoint, order: ProcessInstance) -> None:
    answer(made, f"{order.ref}/1", "refused", reason="the number is a hospital's")
    with everything("test"):
        step = Step.objects.get(event="refuse")
    assert step.evidence == {"refusal": "other", "explanation": "the number is a hospital's"}


def test_it_is_forwarded_to_whoever_is_named(world: World, made: Endpoint, order: ProcessInstance) -> None:
    assert answer(made, f"{order.ref}/1", "forwarded", "a", forwarded_to="nobody").rejected == 1
    assert why() == "the organisation it was forwarded to is not known"
    assert answer(made, f"{order.ref}/1", "forwarded", "b", forwarded_to="Example other_carrier").used == 1
    assert states(order) == {"1": "forwarded", "2": "sent", "3": "sent"}


def test_a_part_that_was_done_is_a_part(world: World, made: Endpoint) -> None:
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {
        "subjects": ("+8617000001234", "+8617000001235", "+8617000001236")
    }
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    one = [{"kind": "phone_number", "value": "+8617000001234"}]
    answer(made, f"{order.ref}/1", "executed", targets=one)
    answer(made, f"{order.ref}/1", "refused", targets=one, reason="not ours")
    answer(made, f"{order.ref}/1", "failed", reason="the switch does not answer")
    with everything("test"):
        told = [(step.evidence["done"], step.evidence["left"]) for step in Step.objects.filter(event="report_partial")]
    assert told == [(1, 2), (2, 1), (0, 3)] and states(order) == {"1": "partial"}


def test_rows_of_one_target_each_add_up(world: World, made: Endpoint) -> None:
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": ("+8617000001234", "+8617000001235")}
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    rows = [
        {"leg": f"{order.ref}/1", "state": "executed", "at": AT, "targets": [{"kind": "phone_number", "value": value}]}
        for value in evidence["subjects"]
    ]
    with everything("test"):
        taken = take_request(made, signed(answers(*rows)), timezone.now())
    assert (taken.used, states(order)) == (2, {"1": "executed"})


def test_lifting_is_reported_and_what_is_not_lifted_is_told(
    world: World, made: Endpoint, order: ProcessInstance
) -> None:
    leg = f"{order.ref}/1"
    assert answer(made, leg, "acknowledged", "too-early", undo=True).rejected == 1
    answer(made, leg, "acknowledged")
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    answer(made, leg, "failed", "failed-undo", undo=True, reason="the switch does not answer")
    with everything("test"):
        told = Notification.objects.get(owner=world["centre"])
    assert told.urgent and "the switch does not answer" in told.text_en
    assert answer(made, leg, "acknowledged", "noted", undo=True).used == 1
    assert answer(made, leg, "executed", "lifted", undo=True).used == 1
    assert answer(made, leg, "executed", "lifted-again", undo=True).used == 1
    assert states(order)["1"] == "lifted"


def test_legs_of_others_and_what_comes_too_late_are_rejected(made: Endpoint, order: ProcessInstance) -> None:
    for leg in (f"{order.ref}/2", "nothing/1"):
        assert answer(made, leg, "acknowledged").rejected == 1 and why().startswith("no such leg")
    answer(made, f"{order.ref}/1", "executed")
    assert answer(made, f"{order.ref}/1", "refused", reason="after all").rejected == 1
    assert why()
