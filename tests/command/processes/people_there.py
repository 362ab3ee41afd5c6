"""People who work for the organisations of a made-up world: three in every role that the kind of organisation has."""

from typing import NamedTuple

from tests.command.people import World

from fanzha.command.organizations.models import Membership, Organization, Person
from fanzha.command.organizations.selectors import build_viewer
from fanzha.command.web.roles import roles_of
from fanzha.command.web.viewer import Viewer

#: Somebody decides, somebody else approves, a third hears the appeal: each of a unit of his own.
COLLEAGUES = 3


class Somebody(NamedTuple):
    """One who works for an organisation in one role."""

    person: Person
    organization: Organization
    viewer: Viewer


class People:
    """All of them, found by organisation and role."""

    def __init__(self, world: World) -> None:
        found = [
            (organization, role, number)
            for organization in world.organizations.values()
            for role in roles_of(organization.kind, organization.province)
            for number in range(COLLEAGUES)
        ]
        people = [
            Person(email=f"{role}-{number}@{one.ref.lower()}.example", name=f"{one.name_en} {role} {number}")
            for one, role, number in found
        ]
        Person.objects.bulk_create(people)
        Membership.objects.bulk_create(
            Membership(person=person, organization=one, role=role, unit=f"unit {number}")
            for person, (one, role, number) in zip(people, found, strict=True)
        )
        self._there: dict[tuple[int, str], list[Somebody]] = {}
        for person, (one, role, number) in zip(people, found, strict=True):
            viewer = build_viewer(one, {role}, person.pk)._replace(unit=f"unit {number}")
            self._there.setdefault((one.pk, role), []).append(Somebody(person, one, viewer))

    def of(self, organization: Organization, role: str = "") -> list[Somebody]:
        """Return those who work for an organisation in a role; without one, in the first that its kind has."""
        first = roles_of(organization.kind, organization.province)[0]
        return self._there.get((organization.pk, role or first), [])
