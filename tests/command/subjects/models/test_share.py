"""A share lets one organisation read what another says of one subject, for as long as it holds."""

from datetime import timedelta

from django.utils import timezone
from tests.command.people import World
from tests.command.subjects.factories import finding_row, subject

from fanzha.base.marking import Marking
from fanzha.command.subjects.models import FindingRow, Share, Subject
from fanzha.command.web.roles import Role


def share(world: World, receiver: str, **fields: object) -> Share:
    values = {"purpose": "an order", "shared_at": timezone.now(), **fields}
    return Share._base_manager.create(subject=subject(), owner=world["carrier"], receiver=world[receiver], **values)


def test_even_what_is_for_named_readers_only_is_read_by_whom_it_is_shared_with(world: World) -> None:
    finding_row(world["carrier"], marking=Marking.RED)
    finding_row(world["carrier"], subject("+8617000005678"))
    share(world, "bank")
    bank = world.viewer("bank", Role.ANALYST)
    assert [one.pk for one in Subject.as_read_by(bank)] == [subject().pk]
    assert FindingRow.as_read_by(bank).count() == 1
    assert not Subject.as_read_by(world.viewer("isp", Role.ANALYST)).exists()


def test_a_share_shows_nothing_of_third_organizations(world: World) -> None:
    finding_row(world["other_carrier"])
    finding_row(world["carrier"])
    share(world, "bank")
    found = FindingRow.as_read_by(world.viewer("bank", Role.ANALYST))
    assert [one.owner_id for one in found] == [world["carrier"].pk]


def test_a_share_that_ended_shows_nothing(world: World) -> None:
    finding_row(world["carrier"])
    share(world, "bank", until=timezone.now() - timedelta(seconds=1))
    share(world, "isp", ended_at=timezone.now())
    for name in ("bank", "isp"):
        assert not Subject.as_read_by(world.viewer(name, Role.ANALYST)).exists()
