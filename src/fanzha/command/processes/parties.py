"""Convert organisations and people of the site to parties and actors of the engine."""

from collections.abc import Iterable

from fanzha.command.organizations.models import ApiKey, Organization, Person, key_ref
from fanzha.command.web.roles import kind_in_table
from fanzha.command.web.viewer import Viewer
from fanzha.processes.parties import Actor, Party, Standing


def role_table_kind(organization: Organization) -> str:
    """Return the kind in the engine's role table, which separates national and provincial regulators."""
    return kind_in_table(organization.kind, organization.province)


def to_party(organization: Organization) -> Party:
    """Return an organisation as a party of a process."""
    return Party(organization.ref, role_table_kind(organization))


def to_actor(viewer: Viewer, standings: Iterable[Standing] = ()) -> Actor:
    """Return the viewer as an actor; an API key acts as itself, for its organisation, in its roles."""
    organization = Organization.objects.get(pk=viewer.organization)
    created_keys = ApiKey.objects.filter(made_by=viewer.person).select_related("organization") if viewer.person else ()
    return Actor(
        person=Person.objects.get(pk=viewer.person).ref if viewer.person else key_ref(organization.ref, viewer.key),
        is_key=viewer.person is None,
        keys=frozenset(key.ref for key in created_keys),
        organization=organization.ref,
        kind=role_table_kind(organization),
        unit=viewer.unit,
        roles=viewer.roles,
        standings=frozenset(standings),
    )


def get_organization(reference: str) -> Organization:
    """Return the organisation with a reference."""
    return Organization.objects.get(ref=reference)
