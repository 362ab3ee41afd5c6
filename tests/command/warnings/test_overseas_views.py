"""A clerk records, looks up and ends a choice; the page lists nobody and shows no whole number."""

from pathlib import Path

import pytest
from tests.command.number_tags.own_numbers import own
from tests.command.people import World

from fanzha.command.warnings.models import OverseasChoice
from fanzha.command.web.roles import Role

NUMBER, PAGE = "+8617000000001", "/overseas-choices/"


@pytest.fixture(autouse=True)
def numbers(world: World, home: Path) -> None:
    own(world, NUMBER)


def test_a_choice_from_the_counter_to_its_end(world: World) -> None:
    clerk = world.client("carrier", Role.CLERK)
    fields = {"do": "choose", "number": NUMBER, "kind": "refuse", "channel": "shop"}
    assert clerk.post(PAGE, fields).status_code == 422
    page = clerk.post(PAGE, fields | {"proven": "on"}).content.decode()
    assert "Send this text to the subscriber" in page and "are refused from now on" in page and NUMBER not in page
    assert clerk.post(PAGE, fields | {"proven": "on", "number": "+8617000000009"}).status_code == 422
    found = clerk.post(PAGE, {"do": "look", "asked": NUMBER}).content.decode()
    row = OverseasChoice._base_manager.get()
    assert row.ref in found and "End it: the holder is here" in found
    other = world.client("other_carrier", Role.CLERK)
    assert "No choice is in force" in other.post(PAGE, {"do": "look", "asked": NUMBER}).content.decode()
    assert other.post(f"{PAGE}end/", {"ref": row.ref}).status_code == 404
    assert clerk.post(f"{PAGE}end/", {"ref": row.ref, "channel": "hotline"}).status_code == 302
    assert clerk.post(f"{PAGE}end/", {"ref": row.ref}).status_code == 302  # it has ended already
    row.refresh_from_db()
    assert row.ended_at and NUMBER not in clerk.get(PAGE).content.decode()


def test_exceptions_are_asked_for_only_where_they_are_offered(world: World, home: Path) -> None:
    clerk = world.client("carrier", Role.CLERK)
    assert "Foreign numbers" not in clerk.get(PAGE).content.decode()
    (home / "fanzha.toml").write_text("[overseas_calls]\nmost_exceptions = 2\n", "utf-8")
    assert "Foreign numbers" in clerk.get(PAGE).content.decode()
