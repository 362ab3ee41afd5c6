"""Kind and address of an item are fixed once it exists; a period has an order and a length."""

import pytest
from tests.command.education.items_made import written
from tests.command.people import World

from fanzha.command.education.forms import PeriodForm, VersionForm, initial_values
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_an_existing_item_keeps_its_kind(world: World) -> None:
    version = written(world)
    with scoped_to(world.viewer("centre", Role.EDITOR)):
        form = VersionForm(initial_values(version) | {"kind": "case", "slug": "other"}, item=version.item)
        assert form.is_valid(), form.errors
        assert form.to_draft().kind == "column" and form.to_draft().slug == ""


@pytest.mark.parametrize(
    ("begins", "ends", "valid"),
    [
        ("2026-10-01", "2026-10-31", True),
        ("2026-10-31", "2026-10-01", False),
        ("2020-01-01", "2026-01-01", False),
        ("0001-01-01", "0001-01-31", False),
        ("9999-12-01", "9999-12-31", False),
    ],
)
def test_a_period_ends_after_it_begins(begins: str, ends: str, valid: bool) -> None:
    assert PeriodForm({"begins": begins, "ends": ends}).is_valid() is valid
