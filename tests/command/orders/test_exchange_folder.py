"""Files wait in folders of their own; what is still being copied is not seen, and nothing is written over."""

import pytest
from tests.command.orders.given import endpoint
from tests.command.people import World

from fanzha.command.orders.exchange_folder import come_in, folder_of, put_away, put_out, waiting_out

pytestmark = pytest.mark.usefixtures("own_home")


def test_what_was_put_out_waits(world: World) -> None:
    made = endpoint(world, "carrier", "signed_file")
    put_out(made, "orders-00000001.zip", b"a")
    put_out(made, "orders-00000001.zip", b"a")
    assert waiting_out(made) == 1
    assert folder_of(made, "out").stat().st_mode & 0o077 == 0


def test_what_came_is_put_away_beside_what_has_its_name(world: World) -> None:
    made = endpoint(world, "carrier", "signed_file")
    for name in ("b.zip", "a.zip", ".c.zip", "d.zip.part"):
        (folder_of(made, "in") / name).write_bytes(b"x")
    assert [path.name for path in come_in(made)] == ["a.zip", "b.zip"]
    put_away(made, come_in(made)[0], "taken")
    (folder_of(made, "in") / "a.zip").write_bytes(b"y")
    put_away(made, come_in(made)[0], "taken")
    assert sorted(path.name for path in folder_of(made, "taken").iterdir()) == ["a-2.zip", "a.zip"]
