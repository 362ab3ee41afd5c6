"""Exits are counted per approval, and their objects are found as they left."""

import pytest
from tests.command.exchange.exchange_world import decide
from tests.command.foreign_sharing.foreign_world import approve, collection_for_abroad, objects_of, partner_program
from tests.command.people import World

from fanzha.command.exchange.models import SharedObject
from fanzha.command.foreign_sharing.selectors import find_approvals, find_exits, list_exit_objects, total_exits
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_exits_are_counted_and_their_objects_found(world: World) -> None:
    decide(world, "a.example.com")
    made = collection_for_abroad(world)
    approval = approve(world)
    with scoped_to(world.viewer("centre", Role.REVIEWER)):
        assert total_exits(approval) == (0, 0, None)
    for _ in range(2):
        objects_of(partner_program(world), made)
    with scoped_to(world.viewer("centre", Role.REVIEWER)):
        assert [row.pk for row in find_approvals()] == [approval.pk]
        totals, left = total_exits(approval), find_exits(approval).defer(None)[0]
        assert totals.answers == 2 and totals.objects == 2 * left.objects_given and totals.last_at == left.at
        assert any("a.example.com" in row.says for row in list_exit_objects(left))
        SharedObject._base_manager.filter(stix_type="indicator").delete()
        assert not any("a.example.com" in row.says for row in list_exit_objects(left))
