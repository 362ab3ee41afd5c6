"""The palette offers subjects that the viewer may read, masked; shared and supervised ones too."""

import pytest
from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import NUMBER, finding_row, subject

from fanzha.base.marking import Marking
from fanzha.command.subjects.models import Share
from fanzha.command.subjects.palette_source import find_entries
from fanzha.command.web.palette.entries import PaletteEntry
from fanzha.command.web.roles import Role
from fanzha.command.web.scoping import scoped_to

pytestmark = pytest.mark.django_db


def entries(world: World, name: str, role: Role = Role.ANALYST) -> list[PaletteEntry]:
    viewer = world.viewer(name, role)
    with scoped_to(viewer):
        return list(find_entries(viewer))


def test_own_subjects_are_offered_masked(world: World) -> None:
    row = finding_row(world["carrier"])
    (entry,) = entries(world, "carrier")
    assert entry.title == "+86 17•• ••0 1234" and entry.url == f"/subjects/{row.subject.ref}/"
    assert NUMBER[3:] not in repr(entry)
    assert entries(world, "other_carrier") == []
    assert entries(world, "carrier", Role.CLERK) == []


def test_a_subject_under_two_markings_is_offered_once(world: World) -> None:
    finding_row(world["carrier"])
    finding_row(world["carrier"], marking=Marking.GREEN)
    assert len(entries(world, "carrier")) == 1


def test_a_supervisor_is_offered_what_its_marking_allows(world: World) -> None:
    finding_row(world["carrier"], subject("+8617000000001"), marking=Marking.RED)
    finding_row(world["carrier"], subject("+8617000000002"))
    assert [entry.title[-4:] for entry in entries(world, "administration", Role.INSPECTOR)] == ["0002"]


def test_shared_subjects_are_offered_while_the_share_is_in_force(world: World) -> None:
    row = finding_row(world["carrier"])
    share = Share._base_manager.create(
        subject=row.subject, owner=world["carrier"], receiver=world["bank"], purpose="a check", shared_at=timezone.now()
    )
    assert len(entries(world, "bank")) == 1
    Share._base_manager.filter(pk=share.pk).update(ended_at=timezone.now())
    assert entries(world, "bank") == []
