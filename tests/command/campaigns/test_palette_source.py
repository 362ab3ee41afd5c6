"""The palette offers campaigns by the titles of the queue; merged ones and those of others are left out."""

import pytest
from tests.command.campaigns.factories import campaign
from tests.command.people import World

from fanzha.command.campaigns.palette_source import find_entries
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def urls(world: World, name: str) -> list[str]:
    viewer = world.viewer(name, Role.ANALYST)
    with scoped_to(viewer):
        return [entry.url for entry in find_entries(viewer)]


def test_own_campaigns_are_offered_and_merged_ones_are_not(world: World) -> None:
    made = campaign(world["carrier"])
    campaign(world["carrier"], first=9, state="merged", merged_into=made)
    assert urls(world, "carrier") == [f"/campaigns/{made.ref}/"]
    assert urls(world, "other_carrier") == []


def test_a_supervisor_is_offered_those_of_its_carriers(world: World) -> None:
    made = campaign(world["carrier"])
    assert urls(world, "administration") == [f"/campaigns/{made.ref}/"]


def test_titles_are_those_of_the_queue(world: World) -> None:
    made = campaign(world["carrier"], tie_kind="contact", tie_value="wechat:someone-bad")
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        (entry,) = find_entries(viewer)
    assert entry.title == made.title.en and made.title.zh in entry.keywords
    assert "someone-bad" not in repr(entry)
