"""Which organisations and people the fields of a form let choose."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.web.roles import Kind
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import Field
from fanzha.processes.process import Process
from fanzha.processes.roles import role_table


class Choices:
    """What one viewer chooses from, on forms of one process."""

    def __init__(self, process: Process, viewer: Viewer) -> None:
        """Take whose form of which process it is."""
        self.process, self.viewer = process, viewer
        self._asked = {event.opens_legs for event in process.events.values()}
        self._forwarded = {event.forwards_to for event in process.legs.events.values()} if process.legs else set()

    def organizations(self, name: str, field: Field) -> "QuerySet[Organization]":
        """Return who may be named in a field: receivers that can have a leg, oneself among them; else others.

        Who acts on its own network asks itself; nobody forwards a leg to himself.
        """
        if name in self._asked | self._forwarded and self.process.legs:
            found = of_kinds(self.process.legs.receivers)
        else:
            found = of_kinds(field.of or role_table().kinds)
        return found if name in self._asked else found.exclude(pk=self.viewer.organization)

    def people(self) -> "QuerySet[Person]":
        """Return who works for the viewer's organisation."""
        works = Person.objects.filter(
            memberships__organization=self.viewer.organization, memberships__until=None, is_active=True
        )
        return works.distinct()


def of_kinds(names: Iterable[str]) -> "QuerySet[Organization]":
    """Return active organisations of kinds or groups of the role table."""
    kinds = {kind for name in names for kind in role_table().kinds_of(name)}
    wanted = Q(kind__in=kinds)
    if "national_regulator" in kinds:
        wanted |= Q(kind=Kind.REGULATOR, province="")
    if "provincial_regulator" in kinds:
        wanted |= Q(kind=Kind.REGULATOR) & ~Q(province="")
    return Organization.objects.filter(wanted, is_active=True)
