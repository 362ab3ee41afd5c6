"""Readers see their own items; the waiting ones are counted."""

import pytest
from tests.command.education.items_made import submitted, written
from tests.command.people import World

from fanzha.command.education.selectors import count_waiting, find_items, latest_versions
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_items_belong_to_their_organisation(world: World) -> None:
    version = submitted(world, written(world))
    with scoped_to(world.viewer("centre", Role.EDITOR)):
        assert list(find_items("column")) == [version.item] and not find_items("case")
        assert latest_versions(list(find_items()))[version.item_id] == version and count_waiting() == 1
    with scoped_to(world.viewer("carrier", Role.EDITOR)):
        assert not find_items() and count_waiting() == 0
