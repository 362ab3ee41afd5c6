"""A file is numbered once and put out as often as it takes; one that could not be put out says why."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.orders.given import endpoint, settle, states
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.audit.services import person_erased
from fanzha.command.orders.endpoint_keys import our_public_keys
from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.models import Sending, SendingState
from fanzha.command.processes.outbox_worker import deliver_due
from fanzha.command.web.scoping import unscoped
from fanzha.dispose._container import unpack

pytestmark = pytest.mark.usefixtures("exercise_settings")


def only() -> Sending:
    with unscoped("test"):
        return Sending.objects.get()


def test_files_are_numbered_one_after_the_other(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_file")
    for _ in range(2):
        issued(world, receivers=("carrier",))
    settle()
    files = sorted(get_folder(receiving, "out").iterdir())
    assert [path.name for path in files] == ["orders-00000001.zip", "orders-00000002.zip"]
    keys = our_public_keys(receiving)
    (first, digest, _), (second, _, rows) = (unpack(path.read_bytes(), keys) for path in files)
    assert (first.before, second.before) == ("", digest) and b"fanzha.order.v1" in rows


def test_a_file_that_was_not_put_out_is_put_out_as_it_was_numbered(world: World, own_home: Path) -> None:
    receiving = endpoint(world, "carrier", "signed_file")
    blocked = own_home / "exchange"
    blocked.write_text("no folder")
    order = issued(world, receivers=("carrier",))
    settle()
    assert only().state == SendingState.WAITING and only().file_name == "orders-00000001.zip" and only().problem
    blocked.unlink()
    deliver_due(timezone.now() + timedelta(minutes=1))
    (file,) = get_folder(receiving, "out").iterdir()
    assert file.read_bytes() == bytes(only().file_body) and states(order) == {"1": "sent"}


def test_the_file_of_a_leg_about_a_person_is_erased_with_the_person_and_put_out_no_more(
    world: World, own_home: Path
) -> None:
    endpoint(world, "carrier", "signed_file")
    (own_home / "exchange").write_text("no folder")
    order = issued(world, receivers=("carrier",))
    settle()
    assert b"PK" in bytes(only().file_body)
    person_erased.send(sender=None, person=order.ref)
    (own_home / "exchange").unlink()
    deliver_due(timezone.now() + timedelta(minutes=1))
    assert bytes(only().file_body) == b"" and only().state == SendingState.WAITING and only().problem
