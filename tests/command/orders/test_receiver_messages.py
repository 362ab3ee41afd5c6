"""Files and requests of receivers are believed when they are signed, and taken in their order, once."""

import pytest
from django.utils import timezone
from tests.command.orders.given import answer_file, answers, endpoint, signed, states
from tests.command.people import World
from tests.command.processes.orders_made import actor, draft_evidence, issued

from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.models import Endpoint, ReceivedMessage
from fanzha.command.orders.receiver_messages import ingest_files, ingest_request
from fanzha.command.processes.services import fire, open_process
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.dispose import IncomingMessage, UnreadableAnswer, UnverifiedMessage, file_digest, private_key, public_key

pytestmark = pytest.mark.usefixtures("own_home")
AT = "2026-03-01T08:00:00+08:00"


def acknowledged(leg: str) -> dict[str, str]:
    return {"leg": leg, "state": "acknowledged", "at": AT}


def place_file(receiving: Endpoint, name: str, body: bytes) -> None:
    (get_folder(receiving, "in") / name).write_bytes(body)


def look() -> int:
    with unscoped("test"):
        return ingest_files(timezone.now())


def noted() -> list[tuple[str, str]]:
    with unscoped("test"):
        return [(message.name.split()[0], message.outcome) for message in ReceivedMessage.objects.order_by("pk")]


def test_a_request_that_another_signed_leaves_no_trace(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_webhook", their_keys=public_key(private_key(bytes(32))))
    with unscoped("test"), pytest.raises(UnverifiedMessage):
        ingest_request(receiving, signed(answers(acknowledged("a"))), timezone.now())
    receiving.their_keys = endpoint(world, "mvno", "signed_webhook").their_keys
    with unscoped("test"), pytest.raises(UnreadableAnswer):
        ingest_request(receiving, signed(b"{}"), timezone.now())
    with unscoped("test"), pytest.raises(UnverifiedMessage):
        ingest_request(receiving, IncomingMessage(b""), timezone.now())
    assert noted() == []


def test_files_wait_for_those_before_them_and_are_taken_in_their_order(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_file")
    order, second_order = issued(world, receivers=("carrier",)), issued(world, receivers=("carrier",))
    first = answer_file(1, "", acknowledged(f"{order.ref}/1"))
    second = answer_file(2, file_digest(first), acknowledged(f"{second_order.ref}/1"), acknowledged("nothing/1"))
    place_file(receiving, "second.zip", second)
    assert look() == 0 == look() and noted() == [("second.zip", "waiting")]
    place_file(receiving, "z-first.zip", first)
    assert look() == 2 and look() == 0
    assert states(order) == states(second_order) == {"1": "acknowledged"}
    assert noted() == [("second.zip", "used"), ("z-first.zip", "used")]
    with unscoped("test"):
        waiting = ReceivedMessage.objects.get(sequence=2)
    assert (waiting.used, waiting.rejected) == (1, 1)
    assert sorted(path.name for path in get_folder(receiving, "taken").iterdir()) == ["second.zip", "z-first.zip"]


def test_what_is_no_file_of_the_receiver_or_not_the_next_is_put_aside(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_file")
    first = answer_file(1, "")
    place_file(receiving, "1.zip", first)
    place_file(receiving, "2-again.zip", first)
    place_file(receiving, "3-orders.zip", answer_file(2, file_digest(first), what="orders"))
    place_file(receiving, "4-replaced.zip", answer_file(2, "0" * 64))
    place_file(receiving, "5-garbage.zip", b"x")
    assert look() == 1
    assert sorted(noted()) == [
        ("1.zip", "used"),
        ("2-again.zip", "rejected"),
        ("3-orders.zip", "rejected"),
        ("4-replaced.zip", "rejected"),
        ("5-garbage.zip", "rejected"),
    ]
    assert len(list(get_folder(receiving, "rejected").iterdir())) == 4


def test_without_our_secret_files_wait(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_file", secret_file="orders-not-there")
    place_file(receiving, "1.zip", answer_file(1, ""))
    assert look() == 0 and noted() == [("1.zip", "waiting")]


def test_a_leg_that_two_files_answer_in_part_is_done_with_the_second(world: World) -> None:
    receiving, numbers = endpoint(world, "carrier", "signed_file"), ("+8617000001234", "+8617000001235")
    order = open_process(
        "order",
        "draft",
        world["centre"],
        actor(world, "centre", Role.ANALYST),
        draft_evidence(world, timezone.now(), ("carrier",)) | {"subjects": numbers, "hits": 2},
    )
    fire(order.ref, "approve", actor(world, "centre", Role.REVIEWER), {"opinion": "yes"})
    rows = [
        {"leg": f"{order.ref}/1", "state": "executed", "at": AT, "targets": [{"kind": "phone_number", "value": number}]}
        for number in numbers
    ]
    first = answer_file(1, "", rows[0])
    place_file(receiving, "1.zip", first)
    assert look() == 1 and states(order) == {"1": "partial"}
    place_file(receiving, "1-again.zip", first)
    assert look() == 0 and states(order) == {"1": "partial"}
    place_file(receiving, "2.zip", answer_file(2, file_digest(first), rows[1]))
    assert look() == 1 and states(order) == {"1": "executed"}
