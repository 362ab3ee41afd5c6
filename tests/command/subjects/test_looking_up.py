"""Values in any form are looked up together, in their order; what one may not read is not there."""

import pytest
from tests.command.people import World
from tests.command.subjects.made import finding_row, subject

from fanzha.command.subjects.looking_up import look_up
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.django_db


def test_each_value_has_its_own_answer(world: World) -> None:
    finding_row(world["carrier"])
    viewer = world.viewer("carrier", Role.ANALYST)
    with seen_by(viewer):
        first, second, third = look_up(["170 0000 1234", "pay.example", "!"], viewer)
    assert [one.subject.pk for one in first.known] == [subject().pk] and first.kinds[0] == "phone_number"
    assert second.known == [] and second.kinds[0] == "website"
    assert third.known == []
    stranger = world.viewer("bank", Role.ANALYST)
    with seen_by(stranger):
        assert look_up(["17000001234"], stranger)[0].known == []
