"""Levels of sources and screens, and who sees whose."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.health.models import ReportedComponent
from fanzha.command.health.selectors import HealthLevel, count_silent, list_components
from fanzha.command.health.services import report
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

NOW = timezone.now()


@pytest.mark.parametrize(("who", "seen"), [("ministry", 5), ("administration", 5), ("carrier", 5), ("mvno", 0)])
def test_the_worst_is_first_for_those_who_may_see_it(world: World, home: object, who: str, seen: int) -> None:
    rows = [
        ReportedComponent(name="fine", last_at=NOW),
        ReportedComponent(name="less", last_at=NOW, is_less=True),
        ReportedComponent(name="silent", last_at=NOW - timedelta(hours=1)),
        ReportedComponent(name="broken", last_at=NOW, problem="no such folder"),
        ReportedComponent(name="screen", kind="screen", last_at=NOW - timedelta(days=1)),
    ]
    report(world["carrier"].pk, rows, NOW)
    with scoped_to(viewer := world.viewer(who, Role.ANALYST)):
        states = list_components(viewer, NOW)
    assert len(states) == seen
    if states:
        assert [one.row.name for one in states][:3] == ["broken", "silent", "less"] and count_silent(states) == 2
        assert {one.row.name: one.level for one in states}["screen"] is HealthLevel.IN_ORDER


def test_what_its_installation_no_longer_reports_is_not_in_order(world: World, home: object) -> None:
    screen = ReportedComponent(name="screen", kind="screen", last_at=NOW)
    report(world["carrier"].pk, [screen], NOW)
    with scoped_to(viewer := world.viewer("administration", Role.ANALYST)):
        (now,), (later,) = (list_components(viewer, NOW + timedelta(minutes=minutes)) for minutes in (9, 11))
    assert (now.level, later.level, later.is_unreported) == (HealthLevel.IN_ORDER, HealthLevel.FAILING, True)
