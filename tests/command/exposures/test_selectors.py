"""Cases are those of the viewer's organisation; masked numbers need a purpose."""

import pytest
from tests.command.exposures.exposures_made import (
    CASE,
    NUMBER,
    OTHER_NUMBER,
    SITE,
    confirmed_basis,
    log_of,
    read_log_of,
    site_order,
)
from tests.command.people import World

from fanzha.command.exposures.selectors import disclose_people, find_case, list_cases
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_cases_count_people_once_and_are_of_the_own_organisation(world: World) -> None:
    site_order(world, SITE, "second.example")
    rows = ((NUMBER, SITE), (NUMBER, "second.example"), (OTHER_NUMBER, SITE))
    read_log_of(world, confirmed_basis(world), log_of(*rows))
    with scoped_to(world.viewer("carrier", Role.ANALYST)):
        (case,) = list_cases()
        assert (case.ref, case.people, case.visits, case.names) == (CASE, 2, 3, (SITE, "second.example"))
        assert find_case("D" * 26) is None
    with scoped_to(world.viewer("mvno", Role.ANALYST)):
        assert list_cases() == []


def test_numbers_are_shown_masked_for_a_purpose(world: World) -> None:
    site_order(world)
    read_log_of(world, confirmed_basis(world), log_of((NUMBER, SITE)))
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        with pytest.raises(Refusal):
            disclose_people(viewer, CASE, " ")
        (person,) = disclose_people(viewer, CASE, "a call-back")
    assert NUMBER not in person.shown and person.host == SITE
