"""The palette offers orders to those who take part in them."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.orders.palette_source import find_entries
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_orders_lead_to_their_page(world: World) -> None:
    order = drafted(world)
    for name, expected in (("centre", [f"/orders/{order.ref}/"]), ("bank", [])):
        viewer = world.viewer(name, Role.ANALYST)
        with scoped_to(viewer):
            assert [entry.url for entry in find_entries(viewer)] == expected
