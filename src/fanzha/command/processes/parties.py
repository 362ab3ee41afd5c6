"""Convert organisations and people to parties and actors of the engine, and find the parties of a process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fanzha.command.organizations.selectors import (
    all_organizations,
    created_key_refs,
    get_actor_ref,
    get_organization,
    get_organization_ref,
)
from fanzha.command.processes.models import ProcessInstance
from fanzha.command.processes.situations import load_situation
from fanzha.command.web.roles import kind_in_table
from fanzha.command.web.viewer import Viewer
from fanzha.processes.named_parties import find_named_parties, find_party_roles
from fanzha.processes.parties import Actor, Party, PartyRole

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization


def role_table_kind(organization: Organization) -> str:
    """Return the kind in the engine's role table, which separates national and provincial regulators."""
    return kind_in_table(organization.kind, organization.province)


def to_party(organization: Organization) -> Party:
    """Return an organisation as a party of a process."""
    return Party(organization.ref, role_table_kind(organization))


def to_actor(viewer: Viewer, party_roles: Iterable[PartyRole] = ()) -> Actor:
    """Return the viewer as an actor; an API key acts as itself, for its organisation, in its roles."""
    organization = get_organization(viewer.organization)
    return Actor(
        person=get_actor_ref(viewer, organization.ref),
        is_key=viewer.person is None,
        keys=created_key_refs(viewer),
        organization=organization.ref,
        kind=role_table_kind(organization),
        unit=viewer.unit,
        roles=viewer.roles,
        party_roles=frozenset(party_roles),
    )


def viewer_party_roles(instance: ProcessInstance, viewer: Viewer) -> frozenset[PartyRole]:
    """Return the roles of the viewer's organisation in a process, by the facts of the process."""
    ref = get_organization_ref(viewer.organization)
    return find_party_roles(instance.version.process, load_situation(instance.situation).facts, ref)


def select_named_organizations(instance: ProcessInstance, party_role: PartyRole | None = None) -> list[Organization]:
    """Return the organisations that the evidence names, or only those with one role in it."""
    parties = find_named_parties(instance.version.process, load_situation(instance.situation).facts, party_role)
    return list(all_organizations().filter(ref__in=[party.organization for party in parties]).order_by("pk"))
