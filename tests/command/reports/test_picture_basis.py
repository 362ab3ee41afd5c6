"""No picture is read before an impact assessment is on record by two people, nor after its end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.command.people import World

from fanzha.command.audit.models import LogEntry
from fanzha.command.reports.models import PictureBasis
from fanzha.command.reports.picture_basis import (
    Assessment,
    approve_assessment,
    end_assessment,
    owners_with_basis,
    record_assessment,
)
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import unscoped
from fanzha.processes.refusal import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


def recorded(world: World, days: int = 30) -> PictureBasis:
    said = Assessment("PIA 7", "Numbers stand in pictures", "Faces", "Few people", timezone.now() + timedelta(days))
    return record_assessment(world["centre"], said, world.person("centre", Role.PRIVACY_OFFICER))


def test_a_second_person_approves_and_either_ends_it(world: World) -> None:
    basis, first = recorded(world), world.person("centre", Role.PRIVACY_OFFICER)
    second = world.person("centre", Role.LIAISON)
    with pytest.raises(Refusal):
        approve_assessment(basis, first)
    assert owners_with_basis(timezone.now()) == []
    approve_assessment(basis, second)
    assert owners_with_basis(timezone.now()) == [world["centre"].pk]
    assert owners_with_basis(timezone.now() + timedelta(days=31)) == []
    end_assessment(basis, first)
    assert owners_with_basis(timezone.now()) == []
    for act in (approve_assessment, end_assessment):
        with pytest.raises(Refusal):
            act(basis, second)
    with unscoped("test"):
        kinds = set(LogEntry.objects.filter(about=basis.ref).values_list("kind", flat=True))
    assert kinds == {f"picture_basis_{word}" for word in ("recorded", "approved", "ended")}


@pytest.mark.parametrize("days", [-1, 800])
def test_an_assessment_ends_within_two_years(world: World, days: int) -> None:
    with pytest.raises(Refusal):
        recorded(world, days)
