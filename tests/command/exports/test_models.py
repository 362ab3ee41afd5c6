"""Exports and unmaskings are an organisation's own: who supervises it does not read what its people looked at."""

import pytest
from django_scopes.exceptions import ScopeError
from tests.command.exports.factories import request_table, verdict
from tests.command.people import World
from tests.command.subjects.factories import subject

from fanzha.command.exports.models import Export, ExportState, Unmasking
from fanzha.command.exports.unmasking import unmask
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to


def test_they_are_found_by_their_own_organisation_alone(world: World) -> None:
    verdict(world["carrier"])
    request_table(world)
    viewer = world.viewer("carrier", Role.ANALYST)
    with scoped_to(viewer):
        unmask(viewer, subject(), "a report")
    for model in (Export, Unmasking):
        with pytest.raises(ScopeError):
            model.objects.count()
        assert model.as_read_by(viewer).count() == 1
        assert model.as_read_by(world.viewer("administration", Role.PRIVACY_OFFICER)).count() == 0
        assert model.as_read_by(world.viewer("other_carrier", Role.PRIVACY_OFFICER)).count() == 0


def test_what_is_still_to_come_is_at_work() -> None:
    assert [one.value for one in ExportState if Export(state=one).is_at_work] == ["queued", "running"]
    assert str(Export(table="subjects", ref="E1")) == "subjects E1"
    assert str(Unmasking(actor="a", subject="s")) == "a s"
