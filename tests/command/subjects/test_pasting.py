"""Each pasted line is told what it is and what is known of it, once; wrong ones by their number."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.command.campaigns.made import number
from tests.command.people import World
from tests.command.subjects.made import finding_row, subject

from fanzha.base.marking import Marking
from fanzha.command.subjects.pasting import MOST, Pasted, pasted
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import seen_by

pytestmark = pytest.mark.django_db


def of(world: World, text: str) -> Pasted:
    viewer = world.viewer("police", Role.LIAISON)
    with seen_by(viewer):
        return pasted(text, viewer)


def test_lines_are_understood_in_any_form_and_wrong_ones_named(world: World) -> None:
    finding_row(world["carrier"], marking=Marking.GREEN)
    found = of(world, "170 0000 1234\n\n  https://Pay.example/x \nwhat is this?\n+8617000001234\n1\n")
    assert [(one.number, one.kind, one.value) for one in found.usable] == [
        (1, "phone_number", subject().value),
        (3, "website", "pay.example"),
    ]
    assert [one.number for one in found.wrong] == [4, 6]
    assert [len(one.known) for one in found.usable] == [1, 0] and found.repeated == 1


def test_what_others_keep_for_themselves_is_not_known(world: World) -> None:
    finding_row(world["carrier"])
    assert of(world, "17000001234").usable[0].known == []


def test_many_lines_cost_as_many_queries_as_one(world: World) -> None:
    counts = []
    for place in range(6):
        finding_row(world["police"], number(place))
    for many in (1, 6):
        text = "\n".join(number(place).value for place in range(many))
        of(world, text)
        with CaptureQueriesContext(connection) as held:
            found = of(world, text)
        counts.append(len(held))
    assert counts[0] == counts[1] and all(one.known for one in found.usable)


def test_more_lines_than_are_taken_are_counted(world: World) -> None:
    found = of(world, "\n".join(f"1700000{n:04d}" for n in range(MOST + 5)))
    assert (len(found.usable), found.left_out) == (MOST, 5)
