"""Links name operators of the country, by https addresses and public keys."""

from pathlib import Path

import pytest
from tests.command.people import World

from fanzha.command.call_traceback.links import find_joined_link, our_public_keys, rotate_link_key, save_link
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
URL = "https://b.example/api/v1/tracebacks/from/X"


@pytest.mark.parametrize(
    ("partner", "values", "field"),
    [
        ("carrier", {}, "partner"),
        ("partner", {}, "partner"),
        ("far_carrier", {"url": "http://b.example/", "secret_file": "b"}, "url"),
        ("far_carrier", {"url": "https://10.0.0.7/", "secret_file": "b"}, "url"),
        ("far_carrier", {"url": URL}, "secret_file"),
        ("far_carrier", {"secret_file": "../b"}, "secret_file"),
        ("far_carrier", {"their_keys": "whsk_x"}, "their_keys"),
    ],
)
def test_what_is_no_link_is_refused(world: World, partner: str, values: dict[str, str], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        save_link(world.viewer("carrier", Role.ADMINISTRATOR), world[partner], **values)  # type: ignore[arg-type]
    assert field in (refused.value.fields or {})


def test_private_addresses_are_a_setting(world: World, home: Path) -> None:
    (home / "fanzha.toml").write_text("[call_traceback]\nprivate_addresses = true\n")
    link = save_link(
        world.viewer("carrier", Role.ADMINISTRATOR), world["mvno"], url="http://127.0.0.1:1/", secret_file="b"
    )
    assert find_joined_link(world["carrier"].pk, world["mvno"].pk) == link


def test_a_paused_link_or_one_without_address_cannot_be_asked(world: World) -> None:
    viewer = world.viewer("carrier", Role.ADMINISTRATOR)
    save_link(viewer, world["mvno"])
    assert find_joined_link(world["carrier"].pk, world["mvno"].pk) is None
    save_link(viewer, world["mvno"], url=URL, secret_file="b", is_active=False)
    assert find_joined_link(world["carrier"].pk, world["mvno"].pk) is None


def test_two_keys_sign_after_a_change(world: World) -> None:
    viewer = world.viewer("carrier", Role.ADMINISTRATOR)
    link = save_link(viewer, world["mvno"])
    (first,) = our_public_keys(link)
    rotate_link_key(link, viewer)
    assert our_public_keys(link)[1] == first
