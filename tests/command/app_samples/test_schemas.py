"""A sample that was not read has no facts, and says so."""

import pytest
from tests.command.app_samples.samples_made import taken
from tests.command.people import World

from fanzha.command.app_samples.schemas import AppSampleDetailOut, AppSampleOut
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def test_a_waiting_sample_has_no_facts(world: World) -> None:
    sample = taken(world)
    with scoped_to(world.viewer("centre", Role.ANALYST)):
        detail = AppSampleDetailOut.of(sample)
    assert (detail.state, detail.permissions, detail.related) == ("waiting", [], [])
    assert AppSampleOut.of(sample).sha256 == sample.sha256
