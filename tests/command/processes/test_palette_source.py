"""The palette offers processes, but those with a page of another app, and what the viewer may open now."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.processes.palette_source import SOURCES
from fanzha.command.web.palette.entries import PaletteEntry
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def entries(world: World, title: str, name: str, *roles: Role) -> list[PaletteEntry]:
    viewer = world.viewer(name, *roles)
    source = next(source for source in SOURCES if source.title.en == title)
    with scoped_to(viewer):
        return list(source.find(viewer))


def test_orders_are_left_to_their_own_app(world: World) -> None:
    drafted(world)
    assert entries(world, "Processes", "centre", Role.ANALYST) == []


def test_openings_are_those_of_the_role(world: World) -> None:
    clerk = {entry.url for entry in entries(world, "Open a process", "carrier", Role.CLERK)}
    analyst = {entry.url for entry in entries(world, "Open a process", "carrier", Role.ANALYST)}
    assert analyst and clerk != analyst
    assert not any("/open/order/" in url for url in clerk | analyst)
    client = world.client("carrier", Role.ANALYST)
    assert client.get(sorted(analyst)[0]).status_code == 200


def test_definitions_are_for_everybody(world: World) -> None:
    urls = [entry.url for entry in entries(world, "Definitions of processes", "bank", Role.CLERK)]
    assert "/processes/definitions/order/" in urls
