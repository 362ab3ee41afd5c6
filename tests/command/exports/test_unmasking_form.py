"""The list of who looked at whom is narrowed by person, subject, case and day."""

import pytest
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.exports.models import Unmasking
from fanzha.command.exports.unmasking import unmask
from fanzha.command.exports.unmasking_form import UnmaskingFilterForm
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


@pytest.fixture(autouse=True)
def looked(world: World) -> None:
    for role, number, case in ((Role.ANALYST, 1, "C1"), (Role.REVIEWER, 2, "")):
        viewer = world.viewer("carrier", role)
        with scoped_to(viewer):
            unmask(viewer, subject(f"+861700000000{number}"), "a report", case)


def found(world: World, **asked: str) -> list[str]:
    with scoped_to(world.viewer("carrier", Role.PRIVACY_OFFICER)):
        rows = Unmasking.objects.filter(UnmaskingFilterForm(asked).narrowed()).select_related("person")
        return [str(row.person) for row in rows.order_by("pk")]


def test_by_each_of_them(world: World) -> None:
    both = ["carrier analyst", "carrier reviewer"]
    assert found(world) == both == found(world, person="carrier")
    assert found(world, person="ANALYST@carrier.example") == both[:1]
    assert found(world, person=world.person("carrier", Role.REVIEWER).ref) == both[1:]
    assert found(world, subject=subject("+8617000000002").ref) == both[1:]
    assert found(world, case="C1") == both[:1]
    assert found(world, since="2020-01-01", until="2099-01-01") == both
    assert found(world, since="2099-01-01") == [] == found(world, until="2020-01-01")
    assert found(world, since="not a day") == both
