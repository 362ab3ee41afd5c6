"""The palette offers people and organisations to those who administer them."""

import pytest
from tests.command.people import World

from fanzha.command.organizations.palette_source import find_organizations, find_people
from fanzha.command.web.roles import Role

pytestmark = pytest.mark.django_db


def test_administrators_are_offered_their_own_people(world: World) -> None:
    mine, _other = world.person("carrier", Role.CLERK), world.person("mvno", Role.CLERK)
    administrator = world.viewer("carrier", Role.ADMINISTRATOR)
    assert f"/people/{mine.ref}/" in [entry.url for entry in find_people(administrator)]
    assert not any("mvno" in entry.note for entry in find_people(administrator))
    assert list(find_people(world.viewer("carrier", Role.ANALYST))) == []


def test_administrators_of_supervisors_are_offered_the_supervised_organisations(world: World) -> None:
    offered = {entry.url for entry in find_organizations(world.viewer("administration", Role.ADMINISTRATOR))}
    assert f"/organizations/{world['carrier'].ref}/" in offered
    assert f"/organizations/{world['far_carrier'].ref}/" not in offered
    for viewer in (world.viewer("administration", Role.ANALYST), world.viewer("carrier", Role.ADMINISTRATOR)):
        assert list(find_organizations(viewer)) == []
