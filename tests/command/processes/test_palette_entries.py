"""Processes are offered by title and state to participants and their supervisors alone."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import drafted

from fanzha.command.processes.palette_entries import find_process_entries
from fanzha.command.web.palette.entries import PaletteEntry
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def entries(world: World, name: str, *names: str) -> list[PaletteEntry]:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return list(find_process_entries(viewer, "process", {*names}))


def test_participants_are_offered_a_process_with_its_state(world: World) -> None:
    row = drafted(world)
    (entry,) = entries(world, "centre", "order")
    assert entry.url == f"/processes/{row.ref}/" and entry.ref == row.ref and entry.at == row.changed_at
    state = row.version.process.states[row.state].title
    assert entry.note == state.en and state.zh in entry.keywords
    assert entries(world, "bank", "order") == []


def test_only_the_named_processes_are_offered(world: World) -> None:
    drafted(world)
    assert entries(world, "centre", "lead") == []
