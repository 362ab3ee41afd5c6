"""The actor of an administrative action, and its entries in the audit log."""

from typing import NamedTuple

from django.utils import timezone

from fanzha.base.clock import to_ms
from fanzha.command.audit.services import Recorder
from fanzha.command.organizations.models import ApiKey, Organization, Person, key_ref
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.log.entry import Draft


class AdministrationRefused(Problem):
    """An administrative action was refused and changed nothing. The API answers with a conflict.

    The message is in the reader's language.
    """

    def __init__(self, why: str) -> None:
        super().__init__("conflict", why)

    def __str__(self) -> str:
        return str(self.detail)


class AuditActor(NamedTuple):
    """A person, an API key (no person), or the command line (neither person nor viewer)."""

    person: Person | None = None
    organization: Organization | None = None
    viewer: Viewer | None = None

    @classmethod
    def of(cls, request: SignedInRequest) -> "AuditActor":
        """Return the actor of a request."""
        viewer = request.viewer
        person = Person.objects.get(pk=viewer.person) if viewer.person else None
        return cls(person, request.organization, viewer)

    def administers(self, organization: Organization) -> bool:
        """Return whether the actor is an administrator of the organisation."""
        viewer = self.viewer
        return viewer is None or (viewer.has(Role.ADMINISTRATOR) and viewer.organization == organization.pk)

    def supervises(self, organization: Organization) -> bool:
        """Return whether the actor is an administrator of a supervisor of the organisation."""
        viewer = self.viewer
        return viewer is None or (viewer.has(Role.ADMINISTRATOR) and organization.pk in viewer.supervised)

    @property
    def responsible_person(self) -> Person | None:
        """The person responsible for the action: the actor, or the person who created the key."""
        key = self.viewer.key if self.viewer else None
        return ApiKey.objects.select_related("made_by").get(pk=key).made_by if key else self.person

    def record(self, log: Recorder, kind: str, about: str, /, **facts: object) -> None:
        """Add an entry to the log of the current transaction. `facts` identify people only by reference."""
        organization = self.organization.ref if self.organization else ""
        key = key_ref(organization, self.viewer.key) if self.viewer else ""
        actor = self.person.ref if self.person else key
        log.add(Draft(kind, to_ms(timezone.now()), actor, organization, about=about, facts=facts))
