"""Each answer of a receiver's system fires the event that the process names, once, or is rejected with a reason."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone
from tests.command.orders.given import answer_file, answers, endpoint, settle, signed, states
from tests.command.orders.receiving import Receiver
from tests.command.orders.test_leg_delivery import held, hinted, traced
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import iso, to_ms
from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.models import Endpoint, ReceivedAnswer, ReceivedMessage
from fanzha.command.orders.receiver_messages import ingest_files, ingest_request
from fanzha.command.processes.models import Leg, ProcessInstance, ProcessVersion, Step
from fanzha.command.processes.services import fire, store_for_organization
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.parties import SYSTEM

pytestmark = pytest.mark.usefixtures("exercise_settings")


def answer(hint: ProcessInstance, state: str, **changes: Any) -> dict[str, Any]:
    return {"leg": f"{hint.ref}/1", "state": state, "at": iso(to_ms(timezone.now())), **changes}


def take(bank: Endpoint, name: str, row: dict[str, Any], at: datetime | None = None) -> ReceivedMessage:
    return ingest_request(bank, signed(answers(row), name), at or timezone.now())


def reason(message: ReceivedMessage) -> str:
    return ReceivedAnswer.objects.get(message=message).reason_en


@pytest.fixture
def bank(world: World) -> Endpoint:
    return endpoint(world, "bank", "signed_file")


def test_a_bank_acknowledges_and_reports_what_it_did(world: World, bank: Endpoint) -> None:
    way, hint = endpoint(world, "bank", "signed_webhook", address="https://bank.invalid/"), hinted(world)
    assert take(way, "a", answer(hint, "acknowledged")).used == 1 and states(hint) == {"1": "received"}
    assert take(way, "b", answer(hint, "acknowledged")).used == 1 and states(hint) == {"1": "received"}
    done = answer(hint, "executed", fields={"result": "delayed", "money_saved": 80_000, "note": "held for a day"})
    assert take(way, "c", done).used == 1 and states(hint) == {"1": "reported"}
    with unscoped("test"):
        step = Step.objects.get(instance=hint, event="report")
    assert step.evidence == {"result": "delayed", "money_saved": 80_000, "note": "held for a day"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"state": "executed"}, "required"),
        ({"state": "executed", "fields": {"result": "flown"}}, "not one of the choices"),
        ({"state": "executed", "fields": {"result": "paid", "weather": "fair"}}, "no such field"),
        ({"state": "failed", "reason": "no staff"}, "the process takes no such answer"),
        ({"state": "executed", "undo": True}, "the process takes no such answer"),
        ({"state": "forwarded", "forwarded_to": "nobody known"}, "unknown"),
        (
            {"state": "refused", "reason": "x", "targets": [{"kind": "phone_number", "value": "+8617000000903"}]},
            "whole",
        ),
    ],
)
def test_what_does_not_fit_changes_nothing_and_says_why(world: World, row: dict[str, Any], why: str) -> None:
    way, hint = endpoint(world, "bank", "signed_webhook", address="https://bank.invalid/"), hinted(world)
    message = take(way, "a", answer(hint, **row))
    assert message.rejected == 1 and why in reason(message) and states(hint) == {"1": "told"}


def test_nobody_answers_for_another(world: World) -> None:
    way, hint = endpoint(world, "platform", "signed_webhook", address="https://other.invalid/"), hinted(world)
    message = take(way, "a", answer(hint, "acknowledged"))
    assert message.rejected == 1 and reason(message) == "no such order was sent to this organisation"


def test_a_file_of_answers_comes_into_the_leg(world: World, bank: Endpoint) -> None:
    hint = hinted(world)
    settle()
    rows = answer_file(1, "", answer(hint, "refused", reason="no customer of ours"))
    (get_folder(bank, "in") / "answers-00000001.zip").write_bytes(rows)
    assert ingest_files(timezone.now()) == 1 and states(hint) == {"1": "not_ours"}


def test_a_rejected_answer_does_not_acknowledge_the_leg_either(world: World) -> None:
    way, hint = endpoint(world, "bank", "signed_webhook", address="https://bank.invalid/"), hinted(world)
    with unscoped("test"):
        version = ProcessVersion.objects.get(pk=hint.version.pk)
        before, after = ("from: [told, received]\n      to: reported", "from: [received]\n      to: reported")
        assert before in version.text
        ProcessVersion.objects.filter(pk=version.pk).update(text=version.text.replace(before, after))
    for name, fields in (("a", {}), ("b", {"result": "flown"}), ("c", {"result": "paid", "weather": "fair"})):
        assert take(way, name, answer(hint, "executed", fields=fields)).rejected == 1
        assert states(hint) == {"1": "told"}
    assert take(way, "d", answer(hint, "executed", fields={"result": "paid"})).used == 1
    assert states(hint) == {"1": "reported"}


def test_an_undo_of_what_was_never_done_is_answered_without_effect(world: World) -> None:
    way, stop = endpoint(world, "bank", "signed_webhook", address="https://bank.invalid/"), held(world)
    with unscoped("test"):
        Leg.objects.filter(instance=stop).update(state="cancelled", ended_at=timezone.now())
    for state in ("acknowledged", "executed"):
        assert take(way, state, answer(stop, state, undo=True)).used == 1, state
        assert states(stop) == {"1": "cancelled"}
    assert take(way, "failed", answer(stop, "failed", undo=True, reason="x")).rejected == 1


@pytest.mark.usefixtures("socket_enabled")
def test_a_freeze_is_asked_of_the_bank_and_only_its_own_answer_counts(world: World) -> None:
    with Receiver() as receiver:
        way, stop = endpoint(world, "bank", "signed_webhook", address=receiver.address), held(world)
        settle()
        assert take(way, "a", answer(stop, "executed", fields={"amount": 4_000})).used == 1
        freezer = actor(world, "police", Role.REVIEWER)
        document = store_for_organization(b"made up", world["police"].pk)
        ends_at = to_ms(timezone.now() + timedelta(days=90))
        fire(stop.ref, "freeze", freezer, {"document": document, "hold_ends_at": ends_at})
        settle()
    hold, freeze = (msgspec.json.decode(body) for _, _, body in receiver.got)
    assert (hold["action"], freeze["action"], freeze["undo"]) == ("hold_payment", "freeze_payment", False)
    assert freeze["fields"].keys() == {"accounts", "document", "hold_ends_at"}
    assert [expected["state"] for expected in freeze["answers"]] == ["executed", "failed"]
    frozen = answer(stop, "executed", fields={"amount": 3_900})
    for name, number, why in (("b", None, "names the `number`"), ("c", hold["number"], "an earlier request")):
        refused = take(way, name, frozen | {"number": number})
        assert refused.rejected == 1 and why in reason(refused) and states(stop) == {"1": "asked_to_freeze"}
    fetched = world.client("bank", Role.EXECUTOR).get(freeze["fields"]["document"]["values"][0]["path"])
    assert b"".join(fetched.streaming_content) == b"made up"  # type: ignore[attr-defined]
    assert take(way, "d", frozen | {"number": freeze["number"]}).used == 1
    assert states(stop) == {"1": "money_frozen"}


@pytest.mark.usefixtures("socket_enabled")
def test_what_was_asked_again_unanswered_is_answered_by_either_number(world: World) -> None:
    with Receiver() as receiver:
        way, case = endpoint(world, "mvno", "signed_webhook", address=receiver.address), traced(world, "mvno")
        settle()
        fire(case.ref, "no_answer", SYSTEM, {})
        fire(case.ref, "ask_again", actor(world, "carrier", Role.ANALYST), {})
        settle()
    first, second = (msgspec.json.decode(body)["number"] for _, _, body in receiver.got)
    other = take(way, "a", answer(case, "acknowledged") | {"number": second + 7})
    assert other.rejected == 1 and states(case) == {"1": "asked"}
    assert take(way, "b", answer(case, "acknowledged") | {"number": first}).used == 1
    assert take(way, "c", answer(case, "executed", reason="from abroad") | {"number": second}).used == 1
    assert states(case) == {"1": "answered"}
