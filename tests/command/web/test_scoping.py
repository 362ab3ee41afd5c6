"""Queries fail closed, and each viewer finds what he may read."""

import pytest
from tests.command.people import World

from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import current_viewer, scoped_to, unscoped


def test_everything_wants_a_reason() -> None:
    with pytest.raises(ValueError), unscoped(" "):
        pass


def test_the_viewer_is_known_within_his_scope_alone(world: World) -> None:
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        assert current_viewer() == viewer
    assert current_viewer() is None


def test_a_provincial_regulator_supervises_its_province_and_a_carrier_nobody(world: World) -> None:
    local = world.viewer("administration", Role.ANALYST)
    assert world["carrier"].pk in local.supervised and world["far_carrier"].pk not in local.supervised
    assert world["far_carrier"].pk in world.viewer("ministry", Role.ANALYST).supervised
    assert world.viewer("carrier", Role.ANALYST).supervised == frozenset()
