"""Administrators set up how orders reach them, try it, change keys; each act is on record and no secret is shown."""

from typing import Any

import pytest
from tests.command.orders.given import THEIR_KEY, endpoint
from tests.command.orders.receiving import Receiver
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.orders.endpoint_keys import our_public_keys, signing_keys
from fanzha.command.orders.endpoints import available_channels, check_endpoint, rotate_endpoint_key, save_endpoint
from fanzha.command.orders.exchange_folder import get_folder
from fanzha.command.orders.models import Endpoint
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to, unscoped
from fanzha.dispose import public_key
from fanzha.processes.refusal import Refusal

pytestmark = pytest.mark.usefixtures("exercise_settings")


def saved(world: World, channel: str, name: str = "carrier", **fields: Any) -> Endpoint:
    viewer = world.viewer(name, Role.ADMINISTRATOR)
    with scoped_to(viewer):
        return save_endpoint(viewer, channel, **{"is_active": True, **fields})


def run_check(world: World, saved_endpoint: Endpoint) -> str:
    viewer = world.viewer("carrier", Role.ADMINISTRATOR)
    with scoped_to(viewer):
        return check_endpoint(saved_endpoint, viewer)


def test_each_kind_of_organisation_has_its_channels(world: World) -> None:
    assert {channel.name for channel in available_channels(world["carrier"])} >= {
        "number_treatment",
        "number_limit",
        "signed_file",
    }
    assert {channel.name for channel in available_channels(world["bank"])} == {"signed_file", "signed_webhook"}


def test_a_way_is_changed_not_doubled_and_tried(world: World, socket_enabled: None) -> None:
    keys = public_key(THEIR_KEY)
    with Receiver() as receiver:
        saved(world, "signed_webhook", address="https://nobody.invalid/", their_keys=keys)
        saved_endpoint = saved(world, "signed_webhook", address=receiver.address, their_keys=keys)
        assert run_check(world, saved_endpoint) == "" and saved_endpoint.tested_at is not None
        receiver.status = 500
        assert "500" in run_check(world, saved_endpoint)
        assert "webhook-signature" in receiver.got[0][1]
    assert Endpoint._base_manager.count() == 1 and "500" in saved_endpoint.test_problem
    with unscoped("test"):
        kinds = sorted(LogEntry.objects.filter(about=saved_endpoint.ref).values_list("kind", flat=True))
    assert kinds == ["order_endpoint_changed"] * 2 + ["order_endpoint_tried"] * 2


def test_without_the_receivers_key_a_way_does_not_work(world: World) -> None:
    saved_endpoint = saved(world, "signed_file")
    assert "no key" in run_check(world, saved_endpoint) and get_folder(saved_endpoint, "in").is_dir()
    assert run_check(world, saved(world, "number_treatment")) == ""


def test_a_new_key_signs_beside_the_one_before(world: World) -> None:
    saved_endpoint = saved(world, "signed_webhook", address="https://a.example/")
    (before,) = our_public_keys(saved_endpoint)
    with scoped_to(world.viewer("carrier", Role.ADMINISTRATOR)):
        rotate_endpoint_key(saved_endpoint, world.viewer("carrier", Role.ADMINISTRATOR))
    saved_endpoint.refresh_from_db()
    assert our_public_keys(saved_endpoint)[1] == before and len(signing_keys(saved_endpoint)) == 2


@pytest.mark.parametrize(
    ("channel", "fields", "field"),
    [
        ("nothing", {}, "channel"),
        ("signed_webhook", {"address": "http://receiver.example/"}, "address"),
        ("signed_webhook", {"address": "https://user@receiver.example/"}, "address"),
        ("signed_webhook", {"address": "https://[::1"}, "address"),
        ("signed_file", {"their_keys": "whsk_secret"}, "their_keys"),
        ("signed_file", {"secret_file": "../up"}, "secret_file"),
    ],
)
def test_what_cannot_be_is_said_by_the_field(world: World, channel: str, fields: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        saved(world, channel, **fields)
    assert set(refused.value.fields) == {field}


def test_a_secret_is_named_by_the_reference_of_its_organisation(world: World) -> None:
    own, foreign = (f"orders-{world[name].ref.lower()}-files" for name in ("carrier", "bank"))
    assert saved(world, "signed_file", secret_file=own).secret_file == own
    for name in (foreign, "orders-carrier", own.removesuffix("files"), own.upper()):
        with pytest.raises(Refusal) as refused:
            saved(world, "signed_file", secret_file=name)
        assert own.removesuffix("files") in refused.value.fields["secret_file"].en


def test_an_endpoint_with_a_name_from_before_can_be_saved_again(world: World) -> None:
    endpoint(world, "carrier", "signed_file", secret_file="orders-old")
    assert not saved(world, "signed_file", secret_file="orders-old", is_active=False).is_active
    with pytest.raises(Refusal):
        saved(world, "signed_file", "bank", secret_file="orders-old")
