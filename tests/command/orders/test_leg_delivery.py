"""Legs of processes that are no orders go out as signed requests and files, and say what they carry and no more."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.urls import reverse
from django.utils import timezone
from tests.command.orders.given import answers, endpoint, leg_of, settle, signed, states
from tests.command.orders.receiving import Receiver
from tests.command.people import World
from tests.command.processes.orders_made import actor

from fanzha.base.clock import iso, to_ms
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.leg_delivery import describe_deliveries
from fanzha.command.orders.models import Sending, SendingState
from fanzha.command.orders.receiver_messages import ingest_request
from fanzha.command.processes.models import ProcessInstance, Step
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.processes.parties import to_party
from fanzha.command.processes.services import fire, open_process, store_for_organization
from fanzha.command.web.roles import Kind, Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import IncomingMessage
from fanzha.dispose._container import unpack
from fanzha.dispose.signed_webhook import verified_id
from fanzha.processes.parties import SYSTEM

pytestmark = pytest.mark.usefixtures("exercise_settings", "socket_enabled")

ACCOUNT = "card:6222021234567890128"


def hinted(world: World, *banks: str) -> ProcessInstance:
    """A carrier tells banks of a customer who may be a victim of fraud."""
    evidence: dict[str, Any] = {
        "what": "she is asked to pay into a safe account",
        "urgency": "now",
        "customer": "+8617000000903",
        "banks": tuple(to_party(world[name]) for name in banks or ("bank",)),
    }
    return open_process("risk_hint", "send", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence)


def held(world: World) -> ProcessInstance:
    """The police ask a bank to hold the money of a victim."""
    now = timezone.now()
    evidence: dict[str, Any] = {
        "victim": "a made-up person",
        "accounts": (ACCOUNT,),
        "amount": 5_000,
        "paid_at": to_ms(now),
        "banks": (to_party(world["bank"]),),
        "hold_ends_at": to_ms(now + timedelta(hours=40)),
    }
    stop = open_process("stop_payment", "request", world["police"], actor(world, "police", Role.ANALYST), evidence)
    fire(stop.ref, "approve", actor(world, "police", Role.REVIEWER), {"opinion": "as the report says"})
    return stop


def described(instance: ProcessInstance, leg: str = "1") -> str:
    instance.refresh_from_db()
    with unscoped("test"):
        return describe_deliveries(instance)[leg].en


def test_a_hint_goes_to_the_bank_with_the_answers_that_it_may_give(world: World) -> None:
    with Receiver() as receiver:
        bank = endpoint(world, "bank", "signed_webhook", address=f"{receiver.address}/legs")
        hint = hinted(world)
        settle()
    ((path, headers, body),) = receiver.got
    message: dict[str, Any] = msgspec.json.decode(body)
    now = to_ms(timezone.now())
    assert path == "/legs" and message["type"] == "fanzha.leg.v1" and not message["undo"]
    name = verified_id(IncomingMessage(body, headers), tuple(our_public_keys(bank)), now)
    assert name == f"{hint.ref}/1/{message['number']}" and message["leg"] == f"{hint.ref}/1"
    assert (message["process"], message["action"]) == ("risk_hint", "check_hint")
    assert message["fields"]["customer"]["values"] == [{"value": "+8617000000903", "kind": "phone_number"}]
    assert message["fields"]["urgency"]["values"][0]["en"] == "Money is moving now"
    assert "banks" not in message["fields"] and "accounts" not in message["fields"]
    expected = {answer["state"]: answer for answer in message["answers"]}
    result = next(field for field in expected["executed"]["fields"] if field["name"] == "result")
    assert result["required"] and "dissuaded" in result["choices"]
    assert described(hint) == "signed webhook: delivered to the receiver's system"


def test_a_withdrawn_hint_is_taken_back_from_the_bank(world: World) -> None:
    with Receiver() as receiver:
        endpoint(world, "bank", "signed_webhook", address=receiver.address)
        hint = hinted(world)
        settle()
        fire(hint.ref, "withdraw", actor(world, "carrier", Role.REVIEWER), {"reason": "another person"})
        settle()
    told, taken_back = (msgspec.json.decode(body) for _, _, body in receiver.got)
    assert (told["undo"], taken_back["undo"]) == (False, True) and states(hint) == {"1": "called_back"}
    assert taken_back["fields"]["reason"]["values"] == [{"value": "another person"}]
    assert "customer" not in taken_back["fields"]


def test_a_hold_goes_to_the_bank_and_names_no_victim(world: World) -> None:
    with Receiver() as receiver:
        endpoint(world, "bank", "signed_webhook", address=receiver.address)
        held(world)
        settle()
    ((_, _, body),) = receiver.got
    message = msgspec.json.decode(body)
    assert message["fields"]["accounts"]["values"] == [{"value": ACCOUNT, "kind": "payment_account"}]
    assert message["fields"].keys() == {"accounts", "amount", "paid_at", "hold_ends_at"}
    assert b"made-up person" not in body and message["answer_by"] > iso(to_ms(timezone.now()))


def test_a_hold_that_moves_on_asks_the_next_bank_for_the_next_account(world: World) -> None:
    world.join("next_bank", Kind.BANK, "51")
    with Receiver() as first, Receiver() as second:
        bank = endpoint(world, "bank", "signed_webhook", address=first.address)
        endpoint(world, "next_bank", "signed_webhook", address=second.address)
        stop = held(world)
        settle()
        moved = {
            "leg": f"{stop.ref}/1",
            "state": "forwarded",
            "at": iso(to_ms(timezone.now())),
            "forwarded_to": world["next_bank"].name_en,
            "fields": {"next_accounts": ["card:6222021234567890136"], "amount": 4_900},
        }
        assert ingest_request(bank, signed(answers(moved)), timezone.now()).used == 1
        settle()
    ((_, _, body),) = second.got
    message = msgspec.json.decode(body)
    assert message["leg"] == f"{stop.ref}/2" and states(stop) == {"1": "moved_on", "2": "asked"}
    assert message["fields"]["accounts"]["values"][0]["value"] == "card:6222021234567890136"
    assert message["fields"]["amount"]["values"][0]["value"] == 4_900 and ACCOUNT.encode() not in body


def test_a_lead_goes_to_the_police_as_a_numbered_file(world: World) -> None:
    police = endpoint(world, "police", "signed_file", address="#csv")
    evidence: dict[str, Any] = {
        "fraud_type": "fake_invest",
        "grade": "urgent",
        "subjects": ("+8617000001234",),
        "summary": "=a burst of calls",
        "receivers": (to_party(world["police"]),),
    }
    lead = open_process("lead", "draft", world["carrier"], actor(world, "carrier", Role.ANALYST), evidence)
    fire(lead.ref, "hand_over", actor(world, "carrier", Role.REVIEWER), {"legal_basis": "Art. 26"})
    settle()
    (file,) = get_folder(police, "out").iterdir()
    manifest, _, rows = unpack(file.read_bytes(), our_public_keys(police))
    assert (file.name, manifest.what, manifest.member) == ("legs-00000001.zip", "legs", "legs.csv")
    assert b"+8617000001234" in rows and b",'=a burst of calls," in rows
    assert described(lead) == "signed file: the signed file is in the exchange folder"


def test_a_bank_that_is_away_is_tried_again_and_the_page_says_why(world: World) -> None:
    with Receiver(503) as receiver:
        endpoint(world, "bank", "signed_webhook", address=receiver.address)
        hint = hinted(world)
        settle()
        assert "503" in described(hint) and "to be sent" in described(hint)
        receiver.status = 202
        deliver_due(timezone.now() + timedelta(minutes=1))
    assert len(receiver.got) == 2 and receiver.got[0][2] == receiver.got[1][2]
    assert "delivered" in described(hint)


def test_a_leg_that_people_answered_meanwhile_is_not_sent_any_more(world: World) -> None:
    endpoint(world, "bank", "signed_webhook", address="https://nobody.invalid/")
    hint = hinted(world)
    settle()
    fire(hint.ref, "report_not_ours", actor(world, "bank", Role.EXECUTOR), {}, leg="1")
    deliver_due(timezone.now() + timedelta(minutes=1))
    with unscoped("test"):
        assert Sending.objects.get().state == SendingState.OVERTAKEN


def test_without_an_endpoint_people_do_it(world: World) -> None:
    hint = hinted(world)
    settle()
    with unscoped("test"):
        assert describe_deliveries(hint) == {} and not Sending.objects.exists()
    client = world.client("carrier", Role.ANALYST)
    assert (
        "by hand: no system of the receiver is connected"
        in client.get(reverse("process", args=[hint.ref])).content.decode()
    )


def test_the_answer_of_the_bank_comes_into_the_leg_with_its_proof(world: World) -> None:
    with Receiver() as receiver:
        bank = endpoint(world, "bank", "signed_webhook", address=receiver.address)
        stop = held(world)
        settle()
        at = timezone.now()
        proof = {"kind": "system_record", "at": iso(to_ms(at)), "reference": "T-1"}
        row = {"leg": f"{stop.ref}/1", "state": "executed", "at": iso(to_ms(at)), "fields": {"amount": 4_000}}
        assert ingest_request(bank, signed(answers(row), "one"), at).used == 1
        settle()
        assert states(stop) == {"1": "money_held"}
        fire(stop.ref, "lift", actor(world, "police", Role.REVIEWER), {"reason": "it was no fraud"})
        settle()
        repeated = ingest_request(bank, signed(answers(row), "two"), at)
        assert states(stop) == {"1": "releasing"} and repeated.used == 0
        lifted = row | {"undo": True, "proof": proof, "fields": {}}
        assert ingest_request(bank, signed(answers(lifted), "three"), at).used == 1
    assert states(stop) == {"1": "released"} and leg_of(stop).state == "released"
    step = stop.steps.model._base_manager.get(instance=stop, event="report_released")
    assert len(step.evidence["proof"]) == 64 and step.actor == f"endpoint:{bank.ref}"


def traced(world: World, *hops: str) -> ProcessInstance:
    """A carrier traces calls back, and each hop answers by naming the next."""
    analyst = actor(world, "carrier", Role.ANALYST)
    facts = store_for_organization(b"facts", world["carrier"].pk)
    evidence: dict[str, Any] = {"range": "+8617000", "day": to_ms(timezone.now()), "calls": 40, "facts": facts}
    case = open_process("caller_case", "open", world["carrier"], analyst, {"trunk": "IGW-1", **evidence})
    fire(case.ref, "ask_first_hop", analyst, {"asked": to_party(world[hops[0]])})
    for hop in hops[1:]:
        answer = {"upstream": f"a trunk of {hop}", "answer": facts, "asked": to_party(world[hop])}
        fire(case.ref, "hop_answers", analyst, answer)
    return case


def test_a_hop_is_asked_by_its_system_and_its_answer_settles_the_leg(world: World) -> None:
    with Receiver() as receiver:
        hop = endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        case = traced(world, "mvno")
        settle()
        row = {"leg": f"{case.ref}/1", "state": "executed", "at": iso(to_ms(timezone.now())), "reason": "from abroad"}
        assert ingest_request(hop, signed(answers(row)), timezone.now()).used == 1
    ((_, _, body),) = receiver.got
    message = msgspec.json.decode(body)
    assert (message["action"], message["leg"]) == ("trace_calls", f"{case.ref}/1")
    assert message["fields"]["trunk"]["values"] == [{"value": "IGW-1", "kind": "trunk"}]
    case.refresh_from_db()
    assert case.state == "hop_answered" and states(case) == {"1": "answered"}
    step = Step._base_manager.get(instance=case, event="report_upstream")
    assert step.evidence["upstream"] == "from abroad" and len(step.evidence["answer"]) == 64


def test_the_next_hop_is_asked_with_what_the_one_before_said_and_gets_a_file(world: World) -> None:
    isp = endpoint(world, "isp", "signed_file", address="#jsonl")
    case = traced(world, "mvno", "isp")
    settle()
    (file,) = get_folder(isp, "out").iterdir()
    _, _, rows = unpack(file.read_bytes(), our_public_keys(isp))
    message = msgspec.json.decode(rows)
    assert message["leg"] == f"{case.ref}/2" and states(case) == {"1": "filed", "2": "asked"}
    assert message["fields"]["upstream"]["values"] == [{"value": "a trunk of isp"}]


def test_a_silent_hop_is_asked_again_once_also_if_the_first_request_never_arrived(world: World) -> None:
    analyst = actor(world, "carrier", Role.ANALYST)
    with Receiver(503) as receiver:
        hop = endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        case = traced(world, "mvno")
        settle()
        receiver.status = 202
        fire(case.ref, "no_answer", SYSTEM, {})
        fire(case.ref, "ask_again", analyst, {})
        deliver_due(timezone.now() + timedelta(minutes=1))
        settle()
        messages = [msgspec.json.decode(body) for _, _, body in receiver.got[1:]]
        assert [message["leg"] for message in messages] == [f"{case.ref}/1"] and states(case) == {"1": "asked"}
        row = {"leg": f"{case.ref}/1", "state": "refused", "at": iso(to_ms(timezone.now())), "reason": "no such calls"}
        assert ingest_request(hop, signed(answers(row)), timezone.now()).used == 1
    assert states(case) == {"1": "not_found"}


def test_who_is_asked_instead_lets_the_silent_hop_off(world: World) -> None:
    analyst = actor(world, "carrier", Role.ANALYST)
    with Receiver() as receiver:
        endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        case = traced(world, "mvno")
        settle()
        fire(case.ref, "no_answer", SYSTEM, {})
        fire(case.ref, "ask_next", analyst, {"asked": to_party(world["isp"])})
        settle()
    asked, taken_back = (msgspec.json.decode(body) for _, _, body in receiver.got)
    assert (asked["undo"], taken_back["undo"]) == (False, True)
    assert states(case) == {"1": "not_needed", "2": "asked"}
