"""Whoever knows nothing of a subject does not learn by asking that somebody else does."""

import pytest
from django_scopes.exceptions import ScopeError
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.marking import Marking
from fanzha.command.subjects.models import FindingRow, Subject
from fanzha.command.web.roles import Role


def found_by(world: World, name: str) -> tuple[int, int]:
    """How many subjects and findings an organisation's analyst finds."""
    viewer = world.viewer(name, Role.ANALYST)
    return Subject.as_read_by(viewer).count(), FindingRow.as_read_by(viewer).count()


def test_nobody_looking_finds_an_error_and_not_everything(world: World) -> None:
    with pytest.raises(ScopeError):
        Subject.objects.count()


def test_own_findings_make_a_subject_known_to_the_owner_alone(world: World) -> None:
    finding_row(world["carrier"])
    assert found_by(world, "carrier") == (1, 1)
    assert found_by(world, "other_carrier") == (0, 0)
    assert found_by(world, "bank") == (0, 0)


def test_two_organizations_that_know_of_one_subject_see_each_their_own(world: World) -> None:
    about = subject()
    finding_row(world["carrier"], about)
    finding_row(world["bank"], about)
    assert found_by(world, "carrier") == found_by(world, "bank") == (1, 1)
    assert found_by(world, "administration") == (1, 2)


@pytest.mark.parametrize(
    ("marking", "supervisor", "stranger"),
    [
        (Marking.RED, 0, 0),
        (Marking.AMBER_STRICT, 0, 0),
        (Marking.AMBER, 1, 0),
        (Marking.GREEN, 1, 1),
        (Marking.CLEAR, 1, 1),
    ],
)
def test_the_marking_says_who_else_may_read(world: World, marking: Marking, supervisor: int, stranger: int) -> None:
    finding_row(world["carrier"], marking=marking)
    assert found_by(world, "administration") == (supervisor, supervisor)
    assert found_by(world, "bank") == (stranger, stranger)
    assert found_by(world, "carrier") == (1, 1)


def test_a_regulator_of_another_province_sees_nothing(world: World) -> None:
    finding_row(world["far_carrier"])
    assert found_by(world, "administration") == (0, 0)
    assert found_by(world, "ministry") == (1, 1)
