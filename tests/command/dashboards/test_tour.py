"""Each desk has a tour of five to eight steps in both languages; its pages open, and what it points at is on them."""

import re

import pytest
from tests.command.people import World

from fanzha.command.dashboards.tour import FALLBACK, find_desk, load_tours, place_steps
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.web.roles import Role

#: Desk -> organisation and role of somebody who has it.
PEOPLE = {
    "analyst": ("carrier", Role.ANALYST),
    "reviewer": ("carrier", Role.REVIEWER),
    "executor": ("carrier", Role.EXECUTOR),
    "police": ("police", Role.LIAISON),
    "bank": ("bank", Role.EXECUTOR),
    "inspector": ("administration", Role.INSPECTOR),
    "supervisor": ("administration", Role.ANALYST),
    "ministry": ("ministry", Role.ANALYST),
    "administrator": ("carrier", Role.ADMINISTRATOR),
    "call_taker": ("carrier", Role.CLERK),
    "privacy_officer": ("carrier", Role.PRIVACY_OFFICER),
}


def test_there_is_a_tour_for_each_desk_in_the_list_and_one_for_everybody_else() -> None:
    assert set(load_tours()) == set(PEOPLE)
    assert FALLBACK in PEOPLE


@pytest.mark.parametrize("desk", PEOPLE)
def test_a_tour_is_five_to_eight_steps_of_its_desk_on_pages_that_open_with_what_they_point_at(
    world: World, desk: str
) -> None:
    name, role = PEOPLE[desk]
    viewer = build_viewer(world[name], {role.value}, None)
    steps = list(place_steps(load_tours()[desk], viewer))
    client = world.client(name, role)
    assert find_desk(viewer) == desk
    assert 5 <= len(steps) <= 8
    assert len(steps) == len(load_tours()[desk].steps)
    for step, url in steps:
        page = client.get(url)
        assert page.status_code == 200, url
        assert is_on(step.at, page.content.decode()), (url, step.at)
        assert step.title.zh and step.title.en and step.text.zh and step.text.en


def is_on(selector: str, html: str) -> bool:
    """Return whether an element with this id or class, or the heading, is on a page."""
    if selector == "h1":
        return "<h1" in html
    attribute, name = ("id", selector[1:]) if selector.startswith("#") else ("class", selector[1:])
    assert selector[0] in "#.", "point at an id or a class"
    return re.search(rf'{attribute}="(?:[^"]* )?{re.escape(name)}(?: [^"]*)?"', html) is not None


def test_somebody_without_a_desk_of_their_own_takes_the_one_for_everybody(world: World) -> None:
    assert find_desk(build_viewer(world["carrier"], {Role.EDITOR.value}, None)) == FALLBACK
