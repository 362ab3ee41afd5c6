"""Files wait in folders of their own; what is still being copied is not seen, and nothing is written over."""

import pytest
from tests.command.orders.given import endpoint
from tests.command.people import World

from fanzha.command.orders.exchange_folder import archive, count_outgoing, get_folder, list_incoming, write_outgoing

pytestmark = pytest.mark.usefixtures("own_home")


def test_what_was_put_out_waits(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_file")
    write_outgoing(receiving, "orders-00000001.zip", b"a")
    write_outgoing(receiving, "orders-00000001.zip", b"a")
    assert count_outgoing(receiving) == 1
    assert get_folder(receiving, "out").stat().st_mode & 0o077 == 0


def test_what_came_is_put_away_beside_what_has_its_name(world: World) -> None:
    receiving = endpoint(world, "carrier", "signed_file")
    for name in ("b.zip", "a.zip", ".c.zip", "d.zip.part"):
        (get_folder(receiving, "in") / name).write_bytes(b"x")
    assert [path.name for path in list_incoming(receiving)] == ["a.zip", "b.zip"]
    archive(receiving, list_incoming(receiving)[0], "taken")
    (get_folder(receiving, "in") / "a.zip").write_bytes(b"y")
    archive(receiving, list_incoming(receiving)[0], "taken")
    assert sorted(path.name for path in get_folder(receiving, "taken").iterdir()) == ["a-2.zip", "a.zip"]
