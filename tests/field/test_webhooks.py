"""A real server is told of real steps: signed as Standard Webhooks has it, again after it failed, once when taken."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import World, make_world
from tests.command.processes.orders_made import drafted
from tests.command.processes.test_delivery_pool import until

from fanzha.base import outgoing_request
from fanzha.base.clock import to_ms
from fanzha.command.processes.delivery_pool import DeliveryPool
from fanzha.command.webhooks.delivery import deliver_due, queue_all
from fanzha.command.webhooks.models import Delivery
from fanzha.command.webhooks.services import change_key, subscribe
from fanzha.command.webhooks.signing_keys import public_keys
from fanzha.dispose import IncomingMessage
from fanzha.dispose.signed_webhook import verified_id

pytestmark = [pytest.mark.field, pytest.mark.django_db]


class Receiver(HTTPServer):
    """Keeps what it is sent; answers with `statuses`, then 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.received: list[IncomingMessage] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events?of=fanzha"


class Handler(BaseHTTPRequestHandler):
    """Takes one request."""

    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append(IncomingMessage(body, headers=headers))
        status = self.server.statuses.pop(0) if self.server.statuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    (tmp_path / "fanzha.toml").write_text("[webhooks]\nprivate_addresses = true\n", "utf-8")
    return make_world()


def test_what_happens_arrives_signed_and_once(world: World, receiver: Receiver) -> None:
    one = subscribe(world["centre"], receiver.url, [], None)
    order = drafted(world)
    now = timezone.now()
    assert queue_all(now) == 1 and deliver_due(now) == 1 and deliver_due(now) == 0
    (received,) = receiver.received
    message = verified_id(received, tuple(public_keys(one)), to_ms(timezone.now()))
    assert message == Delivery._base_manager.get().message
    assert json.loads(received.body)["data"]["instance"] == order.ref


def test_what_was_not_taken_comes_again_with_the_same_id(world: World, receiver: Receiver) -> None:
    receiver.statuses = [500, 302]
    one = subscribe(world["centre"], receiver.url, [], None)
    drafted(world)
    queue_all(timezone.now())
    for problem in ("HTTP 500", "HTTP 302"):  # no redirect is followed
        assert deliver_due(Delivery._base_manager.get().next_at) == 0
        assert Delivery._base_manager.get().problem == problem
    change_key(one, None)
    assert deliver_due(Delivery._base_manager.get().next_at) == 1
    ids = {received.headers["webhook-id"] for received in receiver.received}
    assert len(receiver.received) == 3 and len(ids) == 1
    both = receiver.received[-1].headers["webhook-signature"].split(" ")
    assert len(both) == 2


def test_a_server_that_is_gone_is_told(world: World, receiver: Receiver) -> None:
    subscribe(world["centre"], "http://127.0.0.1:9/", [], None)
    drafted(world)
    queue_all(timezone.now())
    deliver_due(timezone.now())
    assert "refused" in Delivery._base_manager.get().problem.casefold()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_never_answers_is_left_and_holds_up_no_other(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing_request, "TIMEOUT_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        slow = subscribe(world["centre"], f"http://127.0.0.1:{silent.getsockname()[1]}/", [], None)
        subscribe(world["centre"], receiver.url, [], None)
        drafted(world)
        lane = DeliveryPool()
        queue_all(timezone.now())
        deliver_due(timezone.now(), lane)
        until(lambda: len(receiver.received) == 1)
        until(lambda: not lane.delivery_ids())
    assert Delivery._base_manager.get(subscription=slow).problem == "no answer within 2 s"
