"""Only the organisation that received a report reads it."""

import pytest
from tests.command.people import World
from tests.command.reports.reports_made import received

from fanzha.command.reports.models import Report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.mark.parametrize(("name", "seen"), [("centre", 1), ("administration", 0), ("carrier", 0), ("police", 0)])
def test_a_report_is_read_by_its_owner_alone(world: World, name: str, seen: int) -> None:
    report = received(world)
    assert report.ref in str(report)
    with scoped_to(world.viewer(name, Role.CLERK)):
        assert Report.objects.count() == seen
