"""A leg is sent once an effect, tried again while its receiver is away, given up in sight, sent again on a press."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, settle
from tests.command.orders.receiving import Receiver
from tests.command.people import World
from tests.command.processes.orders_made import actor, issued

from fanzha.base.clock import iso, to_ms
from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.delivery import retry_sending
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.models import Sending, SendingState
from fanzha.command.processes.outbox_worker import RETRY_DELAYS, deliver_due
from fanzha.command.processes.services import fire
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import IncomingMessage
from fanzha.dispose.signed_webhook import verified_id

pytestmark = pytest.mark.usefixtures("exercise_settings", "socket_enabled")


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
