"""Everybody finds the places of his desk at the left, the present one marked, and none that would refuse him."""

import pytest
from django.utils import translation
from tests.command.people import ORGANIZATIONS, World

from fanzha.command.dashboards.navigation import GROUPS, navigation_links
from fanzha.command.web.drawing.icons import ICONS
from fanzha.command.web.roles import Role

#: Of each kind in each province: what is shown depends on nothing else of an organisation.
ONE_OF_EACH_KIND = list({kind: name for name, kind in reversed(ORGANIZATIONS.items())}.values())


def titles(world: World, organization: str, *roles: Role, path: str = "/") -> list[str]:
    viewer = world.viewer(organization, *roles)
    with translation.override("en"):
        return [str(link.title) for _heading, shown in navigation_links(viewer, path) for link in shown]


def test_home_is_everybodys(world: World) -> None:
    assert all("Home" in titles(world, name, Role.CLERK) for name in ORGANIZATIONS)


def test_places_of_a_role_are_shown_to_that_role(world: World) -> None:
    assert "Notices to deliver" in titles(world, "carrier", Role.EXECUTOR)
    assert "Notices to deliver" not in titles(world, "carrier", Role.ANALYST)


def test_one_place_at_most_is_marked_as_the_present_one(world: World) -> None:
    viewer = world.viewer("carrier", Role.EXECUTOR)
    for path in ("/", "/processes/", "/nowhere/"):
        marked = [link for _heading, shown in navigation_links(viewer, path) for link in shown if link.is_here]
        assert [link.url for link in marked] == ([] if path == "/nowhere/" else [path])


def test_every_place_has_a_sign_that_is_drawn() -> None:
    assert {item.icon for group in GROUPS for item in group.items} <= set(ICONS)


@pytest.mark.parametrize("organization", ONE_OF_EACH_KIND)
def test_no_place_that_is_shown_refuses(world: World, organization: str) -> None:
    """Each place is opened once, by the first role that it is shown to; the access matrix opens it by every role."""
    shown_to = {
        link.url: role
        for role in reversed(Role)
        for _heading, links in navigation_links(world.viewer(organization, role), "/")
        for link in links
    }
    answers = {url: world.client(organization, role).get(url).status_code for url, role in shown_to.items()}
    assert set(answers.values()) == {200}, answers
