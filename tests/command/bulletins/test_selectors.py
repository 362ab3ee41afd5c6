"""Cases behind a figure, and who reads the whole of a bulletin."""

import pytest
from tests.command.bulletins.bulletins_made import made_month, sent
from tests.command.people import World

from fanzha.command.bulletins.selectors import find_cases, published_bulletins, reads_all
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_cases_are_those_of_the_whole_or_of_the_part(world: World) -> None:
    made_month(world)
    bulletin = sent(world)
    assert not published_bulletins().exists()
    assert reads_all(world.viewer("ministry", Role.ANALYST), bulletin)
    assert not reads_all(world.viewer("carrier", Role.ANALYST), bulletin)
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        carrier = world["carrier"].ref
        assert find_cases(bulletin, "report_recheck", company=carrier).count() == 58
        assert find_cases(bulletin, "report_recheck", company=carrier, only_part=True).count() == 3
