"""A leg is sent once an effect, tried again while its receiver is away, given up in sight, sent again on a press."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, settle, states
from tests.command.orders.receiving import Receiver
from tests.command.people import World
from tests.command.processes.orders_made import MIXED_TARGETS, actor, issued, mixed_issued

from fanzha.base.clock import iso, to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.delivery import retry_sending
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.models import Endpoint, Sending, SendingState
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.outbox_worker import RETRY_DELAYS, deliver_due
from fanzha.command.processes.services import fire, store_for_organization
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import IncomingMessage
from fanzha.dispose.signed_webhook import verified_id

pytestmark = pytest.mark.usefixtures("exercise_settings", "socket_enabled")


def sending_states(order: ProcessInstance) -> dict[str, str]:
    with unscoped("test"):
        return dict(Sending.objects.filter(instance=order).values_list("action", "state"))


def only() -> Sending:
    with unscoped("test"):
        return Sending.objects.select_related("item", "receiver", "instance").get()


def test_a_system_gets_a_signed_request_and_later_its_taking_back(world: World) -> None:
    with Receiver() as receiver:
        receiving = endpoint(world, "mvno", "signed_webhook", address=f"{receiver.address}/orders")
        order = issued(world, receivers=("carrier", "mvno"))
        settle()
        fire(order.ref, "acknowledge", actor(world, "mvno", Role.EXECUTOR), {}, leg="2")
        fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
        settle()
    (_, headers, body), (_, undo_headers, undo) = receiver.got
    now = int(timezone.now().timestamp() * 1_000)
    name = verified_id(IncomingMessage(body, headers), tuple(our_public_keys(receiving)), now)
    messages: dict[str, Any] = msgspec.json.decode(body)
    assert name == messages["leg"] == f"{order.ref}/2" and not messages["undo"] and messages["simulated"]
    assert undo_headers["webhook-id"] == f"{name}/undo" and msgspec.json.decode(undo)["undo"]


def test_a_renewed_leg_is_sent_again_with_its_later_end(world: World) -> None:
    with Receiver() as receiver:
        endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        order = issued(world, receivers=("mvno",))
        settle()
        later = to_ms(timezone.now() + timedelta(days=30))
        proposed = {"reason": "on", "proposed_end": later}
        fire(order.ref, "propose_renewal", actor(world, "centre", Role.ANALYST), proposed)
        renewed = {"expires_at": later, "opinion": "yes"}
        fire(order.ref, "approve_renewal", actor(world, "centre", Role.REVIEWER), renewed)
        settle()
    (_, first, before), (_, second, after) = receiver.got
    messages = [msgspec.json.decode(body) for body in (before, after)]
    assert messages[0]["leg"] == messages[1]["leg"] == f"{order.ref}/1" and [
        message["renewal"] for message in messages
    ] == [0, 1]
    assert messages[1]["until"] == iso(later) > messages[0]["until"]
    assert second["webhook-id"] == f"{first['webhook-id']}/renewal-1"


def test_who_is_away_is_tried_again_given_up_and_sent_again(world: World) -> None:
    with Receiver(503) as receiver:
        endpoint(world, "mvno", "signed_webhook", address=receiver.address)
        issued(world, receivers=("mvno",))
        now = timezone.now() + timedelta(seconds=1)
        for _ in range(len(RETRY_DELAYS) + 1):
            deliver_due(now)
            now += timedelta(hours=2)
        sending = only()
        assert (
            sending.state == SendingState.DEAD
            and sending.attempts == len(RETRY_DELAYS) + 1
            and "503" in sending.problem
        )
        receiver.status = 200
        assert retry_sending(sending, "somebody", now) and not retry_sending(sending, "somebody", now)
        deliver_due(now)
    assert only().state == SendingState.SENT
    with unscoped("test"):
        assert LogEntry.objects.filter(kind="sent_again").count() == 1


def test_a_leg_that_moved_on_is_not_sent_any_more(world: World) -> None:
    endpoint(world, "mvno", "signed_webhook", address="https://nobody.invalid/")
    order = issued(world, receivers=("mvno",))
    settle()
    why = {"refusal": "impossible", "explanation": "there is no such line"}
    fire(order.ref, "refuse", actor(world, "mvno", Role.REVIEWER), why, leg="1")
    deliver_due(timezone.now() + timedelta(minutes=1))
    assert only().state == SendingState.OVERTAKEN


def test_each_receiver_gets_one_instruction_for_each_action_that_it_may_carry_out(world: World) -> None:
    with Receiver() as receiver:
        for name in ("carrier", "isp"):
            endpoint(world, name, "signed_webhook", address=f"{receiver.address}/{name}")
        order = mixed_issued(world)
        settle()
        fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
        settle()
    sent: list[tuple[str, Any]] = [(path, msgspec.json.decode(body)) for path, _, body in receiver.got]
    ordered = {(path, one["leg"].partition("/")[2]): one for path, one in sent if not one["undo"]}
    assert {key: (one["action"], [target["value"] for target in one["targets"]]) for key, one in ordered.items()} == {
        ("/carrier", "1-refuse"): ("refuse", ["+8617000001234"]),
        ("/carrier", "1-stop_line"): ("stop_line", ["TRUNK-7"]),
        ("/isp", "2"): ("take_down", ["shop.example"]),
    }
    assert {one["leg"] for _, one in sent if one["undo"]} == {one["leg"] for one in ordered.values()}
    with unscoped("test"):
        actions = Sending.objects.filter(state=SendingState.SENT, is_undo=False).values_list("leg", "action")
        assert set(actions) == {("1", "refuse"), ("1", "stop_line"), ("2", "take_down")}


def test_an_instruction_that_fails_holds_up_no_other_of_its_leg(world: World) -> None:
    with Receiver() as receiver:
        endpoint(world, "carrier", "signed_webhook", address=receiver.address)
        receiver.failing = b"1-refuse"
        order = mixed_issued(world, ("carrier",), MIXED_TARGETS[:2])
        settle()
        assert sending_states(order) == {"refuse": SendingState.WAITING, "stop_line": SendingState.SENT}
        receiver.failing = b""
        deliver_due(timezone.now() + timedelta(minutes=1))
    assert sending_states(order) == {"refuse": SendingState.SENT, "stop_line": SendingState.SENT}
    names = [msgspec.json.decode(body)["leg"].partition("/")[2] for _, _, body in receiver.got]
    assert names == ["1-refuse", "1-stop_line", "1-refuse"]


def test_screens_that_fail_hold_up_no_request_of_their_leg(world: World, own_home: Path) -> None:
    with Receiver() as receiver:
        endpoint(world, "carrier", "number_treatment")
        endpoint(world, "carrier", "signed_webhook", address=receiver.address)
        order = mixed_issued(world, ("carrier",), MIXED_TARGETS[:2])
        log = own_home / "decisions" / "command.jsonl"
        log.mkdir(parents=True)  # no log can be written there
        settle()
        assert sending_states(order) == {"refuse": SendingState.WAITING, "stop_line": SendingState.SENT}
        log.rmdir()
        deliver_due(timezone.now() + timedelta(minutes=1))
    assert sending_states(order) == {"refuse": SendingState.SENT, "stop_line": SendingState.SENT}
    assert len(receiver.got) == 1


def test_a_retry_goes_the_way_that_the_receiver_has_by_then(world: World) -> None:
    former = endpoint(world, "mvno", "signed_webhook", address="https://nobody.invalid/")
    issued(world, receivers=("mvno",))
    settle()
    assert only().state == SendingState.WAITING
    with unscoped("test"):
        Endpoint.objects.filter(pk=former.pk).update(is_active=False)
    present = endpoint(world, "mvno", "signed_file")
    deliver_due(timezone.now() + timedelta(minutes=1))
    sending = only()
    assert sending.state == SendingState.SENT and sending.file_name == "orders-00000001.zip"
    assert (sending.endpoint_id, sending.channel) == (present.pk, "signed_file")


def test_screens_carry_out_their_part_of_a_leg_and_people_the_rest(world: World) -> None:
    endpoint(world, "carrier", "number_treatment")
    order = mixed_issued(world, ("carrier",), ("number:+8617000001234", "line:TRUNK-7"))
    settle()
    assert states(order) == {"1": "partial"}
    executed = {"executed_at": to_ms(timezone.now()), "result": "the line is stopped"}
    proof = {"proof": store_for_organization(b"log", world["carrier"].pk)}
    fire(order.ref, "report_executed", actor(world, "carrier", Role.EXECUTOR), executed | proof, leg="1")
    settle()
    assert states(order) == {"1": "executed"}  # the snapshot proves the number alone
    fire(order.ref, "roll_back", actor(world, "centre", Role.REVIEWER), {"mistake": "wrong"})
    settle()
    assert states(order) == {"1": "releasing"}
