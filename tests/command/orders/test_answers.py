"""What a receiver answered moves its own legs, once; what does not fit is rejected with the reason."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.command.evidence_uploads import upload_for_all
from tests.command.orders.given import answers, endpoint, signed, states
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence, issued, mixed_issued

from fanzha.base.clock import to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.answers import answer_key, merge_answers
from fanzha.command.orders.models import Endpoint, ReceivedAnswer, ReceivedMessage
from fanzha.command.orders.receiver_messages import ingest_request
from fanzha.command.processes.models import Leg, Notification, ProcessInstance, Step
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import Answer, AnswerState, Proof, Target

pytestmark = pytest.mark.usefixtures("own_home")
AT = "2026-03-01T08:00:00+08:00"


def answer(receiving: Endpoint, leg: str, state: str, name: str = "", **fields: Any) -> ReceivedMessage:
    body = answers({"leg": leg, "state": state, "at": AT, **fields})
    with unscoped("test"):
        return ingest_request(receiving, signed(body, name or f"{leg}-{state}"), timezone.now())


def why() -> str:
    with unscoped("test"):
        return ReceivedAnswer.objects.order_by("-pk")[0].reason_en


@pytest.fixture
def receiving(world: World) -> Endpoint:
    return endpoint(world, "carrier", "signed_webhook")


@pytest.fixture
def order(world: World) -> ProcessInstance:
    return issued(world, receivers=("carrier", "mvno"))


def test_it_is_acknowledged_and_executed_with_the_proof_that_was_sent(
    receiving: Endpoint, order: ProcessInstance
) -> None:
    leg = f"{order.ref}/1"
    assert answer(receiving, leg, "acknowledged").used == 1
    proof = {"kind": "system_record", "at": AT, "reference": "ticket 7", "result": "blocked"}
    assert answer(receiving, leg, "executed", proof=proof).used == 1
    assert states(order) == {"1": "executed", "2": "sent"}
    with unscoped("test"):
        step = Step.objects.get(event="report_executed")
    assert step.evidence["result"] == "blocked" and len(step.evidence["proof"]) == 64
    assert step.evidence["executed_at"] == to_ms(datetime.fromisoformat(AT))
    assert step.actor == f"endpoint:{receiving.ref}"


def test_a_message_that_comes_again_changes_nothing(receiving: Endpoint, order: ProcessInstance) -> None:
    first, again = (answer(receiving, f"{order.ref}/1", "acknowledged", "same") for _ in range(2))
    assert first.pk == again.pk
    with unscoped("test"):
        assert Step.objects.filter(event="acknowledge").count() == 1
        assert LogEntry.objects.filter(kind="answers_received").count() == 1


def test_the_order_is_locked_before_its_leg_is_read_for_an_answer(receiving: Endpoint, order: ProcessInstance) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert answer(receiving, f"{order.ref}/1", "acknowledged").used == 1
    texts = [query["sql"] for query in queries]
    table = f'"{ProcessInstance._meta.db_table}"'
    (lock,) = [place for place, text in enumerate(texts) if f'FROM {table} WHERE {table}."ref" IN' in text]
    assert "FOR UPDATE" in texts[lock] or not connection.features.has_select_for_update
    assert any(f'FROM "{Leg._meta.db_table}"' in text for text in texts[lock + 1 :])
    assert not any(text.startswith(("INSERT", "UPDATE")) and "flows_" in text for text in texts[:lock])


def test_it_is_refused_with_the_receivers_words(receiving: Endpoint, order: ProcessInstance) -> None:
    answer(receiving, f"{order.ref}/1", "refused", reason="the number is a hospital's")
    with unscoped("test"):
        step = Step.objects.get(event="refuse")
    assert step.evidence == {"refusal": "other", "explanation": "the number is a hospital's"}


def test_it_is_forwarded_to_whoever_is_named(world: World, receiving: Endpoint, order: ProcessInstance) -> None:
    assert answer(receiving, f"{order.ref}/1", "forwarded", "a", forwarded_to="nobody").rejected == 1
    assert why() == "the organisation it was forwarded to is unknown"
    assert answer(receiving, f"{order.ref}/1", "forwarded", "b", forwarded_to="Example other_carrier").used == 1
    assert states(order) == {"1": "forwarded", "2": "sent", "3": "sent"}


NUMBERS = ("+8617000001234", "+8617000001235", "+8617000001236")


def of_three(world: World) -> ProcessInstance:
    """An order on three numbers to one carrier."""
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": NUMBERS, "hits": 3}
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    return order


def on(*values: str) -> list[dict[str, str]]:
    return [{"kind": "phone_number", "value": value} for value in values]


def partly() -> list[tuple[int, int]]:
    with unscoped("test"):
        steps = Step.objects.filter(event="report_partial").order_by("number")
        return [(step.evidence["done"], step.evidence["left"]) for step in steps]


def test_a_part_that_was_done_is_a_part(world: World, receiving: Endpoint) -> None:
    order = of_three(world)
    leg, merged = f"{order.ref}/1", on(NUMBERS[0])
    answer(receiving, leg, "executed", targets=merged)
    answer(receiving, leg, "refused", targets=merged, reason="not ours")
    answer(receiving, leg, "failed", reason="the switch does not answer")
    assert partly() == [(1, 2), (0, 3), (0, 3)] and states(order) == {"1": "partial"}


def test_parts_of_several_messages_add_up_and_each_counts_once(world: World, receiving: Endpoint) -> None:
    order = of_three(world)
    leg = f"{order.ref}/1"
    assert answer(receiving, leg, "executed", "a", targets=on(*NUMBERS[:2])).used == 1
    assert answer(receiving, leg, "executed", "a-again", targets=on(*NUMBERS[:2])).used == 1
    assert answer(receiving, leg, "failed", "b", targets=on(NUMBERS[2]), reason="the switch does not answer").used == 1
    assert partly() == [(2, 1), (2, 1)] and states(order) == {"1": "partial"}
    assert answer(receiving, leg, "executed", "c", targets=on("170 0000 1236"), reason="at last").used == 1
    assert states(order) == {"1": "executed"} and partly() == [(2, 1), (2, 1)]
    with unscoped("test"):
        assert Step.objects.get(event="report_executed").evidence["result"] == "at last"
    assert answer(receiving, leg, "executed", "d", targets=on(NUMBERS[0])).used == 1


def test_parts_that_are_refused_one_by_one_refuse_the_leg(world: World, receiving: Endpoint) -> None:
    order = of_three(world)
    for position, value in enumerate(NUMBERS):
        answer(receiving, f"{order.ref}/1", "refused", f"m{position}", targets=on(value), reason="a hospital's")
    assert partly() == [(0, 3), (0, 3)] and states(order) == {"1": "refused"}


def test_what_the_order_does_not_name_adds_nothing(world: World, receiving: Endpoint) -> None:
    order = of_three(world)
    assert answer(receiving, f"{order.ref}/1", "executed", targets=on("+8617000009999")).rejected == 1
    assert why() == "the order has none of these targets" and states(order) == {"1": "sent"}
    answer(receiving, f"{order.ref}/1", "executed", "b", targets=on(NUMBERS[0], "+8617000009999", "nonsense"))
    assert partly() == [(1, 2)]


def test_what_proved_to_be_missing_is_begun_anew(world: World, receiving: Endpoint) -> None:
    order = of_three(world)
    leg, owner = f"{order.ref}/1", actor(world, "centre", Role.ANALYST)
    for position, value in enumerate(NUMBERS):
        answer(receiving, leg, "executed", f"m{position}", targets=on(value))
    proof = {"method": "test_call", "proof": upload_for_all([b"arrived"])}
    fire(order.ref, "disprove", owner, proof, leg="1")
    answer(receiving, leg, "executed", "again", targets=on(NUMBERS[2]))
    assert partly()[-1] == (1, 2) and states(order) == {"1": "partial"}


def test_what_is_lifted_in_parts_is_lifted_when_all_of_it_is(world: World, receiving: Endpoint) -> None:
    order = of_three(world)
    leg = f"{order.ref}/1"
    answer(receiving, leg, "executed", "done", targets=on(*NUMBERS[:2]))
    assert answer(receiving, leg, "executed", "early", undo=True, targets=on(NUMBERS[0])).rejected == 1
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    for name in ("one", "one-again"):
        assert answer(receiving, leg, "executed", name, undo=True, targets=on(NUMBERS[0])).used == 1
    assert states(order)["1"] == "releasing"
    assert answer(receiving, leg, "executed", "other", undo=True, targets=on("+8617000009999")).rejected == 1
    answer(receiving, leg, "executed", "two", undo=True, targets=on(NUMBERS[1]))
    assert states(order)["1"] == "lifted", "the third was never done: nothing of it is to be lifted"


def test_rows_of_one_target_each_add_up(world: World, receiving: Endpoint) -> None:
    evidence = draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": NUMBERS[:2], "hits": 2}
    order = open_process("order", "draft", world["centre"], actor(world, "centre", Role.ANALYST), evidence)
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    rows = [
        {"leg": f"{order.ref}/1", "state": "executed", "at": AT, "targets": [{"kind": "phone_number", "value": value}]}
        for value in evidence["subjects"]
    ]
    with unscoped("test"):
        message = ingest_request(receiving, signed(answers(*rows)), timezone.now())
    assert (message.used, states(order)) == (2, {"1": "executed"})


def test_lifting_is_reported_and_what_is_not_lifted_is_told(
    world: World, receiving: Endpoint, order: ProcessInstance
) -> None:
    leg = f"{order.ref}/1"
    assert answer(receiving, leg, "acknowledged", "too-early", undo=True).rejected == 1
    answer(receiving, leg, "acknowledged")
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    answer(receiving, leg, "failed", "failed-undo", undo=True, reason="the switch does not answer")
    with unscoped("test"):
        notification = Notification.objects.get(owner=world["centre"], text_en__startswith="Lifting")
    assert notification.urgent and "the switch does not answer" in notification.text_en
    assert answer(receiving, leg, "acknowledged", "noted", undo=True).used == 1
    assert answer(receiving, leg, "executed", "lifted", undo=True).used == 1
    assert answer(receiving, leg, "executed", "lifted-again", undo=True).used == 1
    assert states(order)["1"] == "lifted"


def test_legs_of_others_and_what_comes_too_late_are_rejected(receiving: Endpoint, order: ProcessInstance) -> None:
    for leg in (f"{order.ref}/2", "nothing/1"):
        assert answer(receiving, leg, "acknowledged").rejected == 1 and why().startswith("no such order")
    answer(receiving, f"{order.ref}/1", "executed")
    assert answer(receiving, f"{order.ref}/1", "refused", reason="after all").rejected == 1
    assert why()


ONE, OTHER = Target("phone_number", "+8617000001234"), Target("phone_number", "+8617000001235")


def test_an_answer_on_one_instruction_is_about_its_targets_and_the_leg_is_done_with_the_last(
    world: World, receiving: Endpoint
) -> None:
    order = mixed_issued(world)
    leg = f"{order.ref}/1"
    assert answer(receiving, f"{leg}-stop_line", "executed").used == 1 and states(order)["1"] == "partial"
    assert answer(receiving, f"{leg}-label", "executed").rejected == 1 and "no such order" in why()
    forwarded = answer(receiving, f"{leg}-refuse", "forwarded", forwarded_to=world["mvno"].ref)
    assert forwarded.rejected == 1 and "forward the whole leg" in why()
    assert answer(receiving, f"{leg}-refuse", "executed").used == 1
    assert states(order) == {"1": "executed", "2": "sent"}


def test_a_receiver_answers_nothing_on_targets_that_others_act_on(world: World, receiving: Endpoint) -> None:
    order = mixed_issued(world)
    site = [{"kind": "website", "value": "shop.example"}]
    assert answer(receiving, f"{order.ref}/1", "executed", targets=site).rejected == 1


def build_answer(
    state: AnswerState,
    *targets: Target,
    at: int = 1,
    reason: str = "",
    proof: Proof | None = None,
    fields: dict[str, Any] | None = None,
) -> Answer:
    return Answer(leg="o/1", state=state, at=at, targets=targets, reason=reason, proof=proof, fields=fields or {})


def proof(reference: str) -> Proof:
    return Proof(kind="system_record", at=1, reference=reference)


def test_what_is_said_of_one_target_each_is_said_of_both() -> None:
    rows = [
        build_answer(AnswerState.EXECUTED, ONE, proof=proof("ticket 1")),
        build_answer(AnswerState.FAILED, OTHER, reason="away"),
        build_answer(AnswerState.EXECUTED, OTHER, at=2, proof=proof("ticket 2")),
    ]
    merged = merge_answers(rows)
    assert list(merged) == [answer_key(rows[0]), answer_key(rows[1])] and merged[answer_key(rows[1])] is rows[1]
    merged_answer = merged[answer_key(rows[0])]
    assert (merged_answer.at, merged_answer.targets) == (2, (ONE, OTHER))
    assert merged_answer.proof is not None and merged_answer.proof.reference == "ticket 1; ticket 2"


def test_one_of_the_whole_leg_speaks_for_all() -> None:
    rows = [build_answer(AnswerState.REFUSED, ONE, reason="a"), build_answer(AnswerState.REFUSED, reason="b")]
    assert [(merged.targets, merged.reason) for merged in merge_answers(rows).values()] == [((), "a; b")]


def test_the_later_fields_count_whatever_their_sequence() -> None:
    rows = [
        build_answer(AnswerState.EXECUTED, at=2, fields={"result": "delayed", "note": "b"}),
        build_answer(AnswerState.EXECUTED, at=1, fields={"result": "paid", "money_saved": 3}),
    ]
    (merged,) = merge_answers(rows).values()
    assert merged.fields == {"result": "delayed", "note": "b", "money_saved": 3}
