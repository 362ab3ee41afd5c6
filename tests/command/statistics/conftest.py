"""Tests of statistics: one simulated month for all that read it."""

import pytest
from tests.command.people import World
from tests.command.statistics.month_made import make_month

from fanzha.command.web.scoping import unscoped


@pytest.fixture
def month(world: World) -> World:
    """The organisations of the tests after a month of work."""
    with unscoped("test"):
        make_month(world)
    return world
