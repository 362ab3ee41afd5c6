"""Hand-overs and assignments are read by their organisation alone."""

import pytest
from tests.command.people import World
from tests.command.processes.orders_made import issued

from fanzha.command.shifts.models import ProcessAssignment
from fanzha.command.shifts.services import Item, assign
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def test_other_participants_do_not_see_who_works_on_it(world: World) -> None:
    order, viewer = issued(world), world.viewer("centre", Role.ANALYST)
    with scoped_to(viewer):
        assign(Item("process", order.ref), world.person("centre", Role.ANALYST).ref, viewer)
    assert ProcessAssignment.as_read_by(viewer).count() == 1
    assert not ProcessAssignment.as_read_by(world.viewer("carrier", Role.ANALYST)).exists()
