"""The made-up sources of the demo: two are silent since the same moment, and one screen is not ready."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.command.people import make_world

from fanzha.command.health.selectors import HealthLevel, count_silent, list_components
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to
from fanzha.run.demo_province import DEMO_ORGANIZATIONS
from fanzha.run.demo_sources import SCREENS, SOURCES, create_sources


@pytest.mark.django_db
def test_two_sources_are_silent_and_one_screen_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANZHA_HOME", str(tmp_path))
    world = make_world()
    now = timezone.now()
    names = {
        "mobile": "carrier",
        "telecom": "other_carrier",
        "virtual": "mvno",
        "broadband": "isp",
        "messaging": "bank",
    }
    create_sources({name: world[own] for name, own in names.items()}, now)
    with scoped_to(viewer := world.viewer("ministry", Role.ANALYST)):
        states = list_components(viewer, now)
    assert count_silent(states) == 2 and sum(one.level is HealthLevel.FAILING for one in states) == 1
    gateway = next(one for one in states if one.row.name == "igw")
    assert (
        gateway.quiet == timedelta(hours=3, minutes=12) and gateway.row.hours[-1] == 0 and len(gateway.row.hours) == 24
    )
    assert all(min(one.row.hours) >= 0 for one in states if one.row.kind == "source")


def test_all_belong_to_organisations_of_the_demo() -> None:
    assert {one.organization for one in (*SOURCES, *SCREENS)} <= {member.name for member in DEMO_ORGANIZATIONS}
