"""What may begin with subjects is what the engine lets a viewer open."""

import pytest
from tests.command.people import World

from fanzha.command.subjects.process_openings import available_openings
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "role", "wanted", "unwanted"),
    [
        ("carrier", Role.ANALYST, {"lead", "order", "risk_hint"}, {"police_case_number", "stop_payment"}),
        ("police", Role.LIAISON, {"police_case_number", "stop_payment"}, {"lead", "order"}),
        ("carrier", Role.ADMINISTRATOR, set(), {"lead", "order"}),
    ],
)
def test_each_desk_begins_what_is_its_own(
    world: World, name: str, role: Role, wanted: set[str], unwanted: set[str]
) -> None:
    found = {one.process: one for one in available_openings(world.viewer(name, role))}
    assert wanted <= set(found) and not unwanted & set(found)


def test_of_victim_and_accounts_it_is_the_accounts_that_are_meant(world: World) -> None:
    found = {one.process: one for one in available_openings(world.viewer("police", Role.LIAISON))}
    assert (found["stop_payment"].field, found["stop_payment"].many) == ("accounts", True)


def test_an_opening_names_the_page_of_its_own(world: World) -> None:
    found = {one.process: one.page for one in available_openings(world.viewer("carrier", Role.ANALYST))}
    assert found["order"] == "order_new" and found["lead"] == ""
