"""An opinion of a person, and a step of his in a process with an opinion, are earlier decisions."""

from tests.command.people import World
from tests.command.subjects.factories import AT, subject

from fanzha.command.subjects.earlier_decisions import find_decided_subjects
from fanzha.command.subjects.models import OpinionRow
from fanzha.command.web.roles import Role


def test_an_own_opinion_counts_and_that_of_another_does_not(world: World) -> None:
    own, other = (world.person("carrier", role) for role in (Role.ANALYST, Role.REVIEWER))
    first, second, third = (subject(f"+8617000000{number:03d}") for number in range(3))
    for about, person in ((first, own), (second, other), (third, own)):
        OpinionRow._base_manager.create(
            opinion_id=about.ref, subject=about, owner=world["carrier"], level="watch", given_at=AT, person=person
        )
    assert find_decided_subjects(own.pk, {first.pk, second.pk}) == {first.pk}
