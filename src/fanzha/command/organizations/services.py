"""Register, change and suspend organisations. Supervisors do this for the organisations they supervise.

`watches` administers the duty roster, `disclosure_gate` records and limits disclosures. Other apps use both through
this module, `api_keys` for the keys of partners abroad, and `key_authentication` for the caller of a key.
"""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fanzha.command.audit.services import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.administration import erase_account
from fanzha.command.organizations.api_keys import make_partner_key, revoke_partner_keys
from fanzha.command.organizations.disclosure_gate import (
    Candidate,
    DisclosurePool,
    DisclosureRefused,
    DisclosureRequest,
    charge_disclosure,
    record_disclosure,
)
from fanzha.command.organizations.invitations import invite
from fanzha.command.organizations.key_authentication import get_key_caller
from fanzha.command.organizations.models import Invitation, Organization
from fanzha.command.organizations.watches import end_watch, save_watch
from fanzha.command.web.roles import SUPERVISORS, Kind, Role

__all__ = [
    "Candidate",
    "DisclosurePool",
    "DisclosureRefused",
    "DisclosureRequest",
    "change_organization",
    "charge_disclosure",
    "create_organization",
    "end_watch",
    "erase_account",
    "get_key_caller",
    "make_partner_key",
    "record_disclosure",
    "register_organization",
    "revoke_partner_keys",
    "save_watch",
]

#: The fields of an organisation that can be set.
FIELDS = ("name_zh", "name_en", "kind", "province", "host", "uscc", "country", "zone", "second_factor", "is_active")


def register_organization(actor: AuditActor, email: str, name: str, **fields: Any) -> tuple[Invitation, str]:
    """Create an organisation and invite its administrator. Return the invitation with its secret.

    Raise AdministrationRefused.
    """
    with recorded():
        created = create_organization(actor, **fields)
        viewer = actor.viewer and actor.viewer._replace(supervised=actor.viewer.supervised | {created.pk})
        return invite(actor._replace(viewer=viewer), created, email, name, [Role.ADMINISTRATOR])


def create_organization(actor: AuditActor, **fields: Any) -> Organization:
    """Create an organisation. Raise AdministrationRefused."""
    created = Organization(**{name: value for name, value in fields.items() if name in FIELDS})
    _check(actor, created)
    with recorded() as log:
        created.save()
        actor.record(log, "organization_made", created.ref, kind=created.kind, province=created.province)
    return created


def change_organization(actor: AuditActor, organization: Organization, **fields: Any) -> Organization:
    """Change fields of an organisation, and record the changes. Raise AdministrationRefused."""
    _check(actor, organization)
    with recorded() as log:
        current = Organization.objects.select_for_update().get(pk=organization.pk)
        if current.country and fields.get("country", current.country) != current.country:
            raise AdministrationRefused(_("The country of an organisation abroad stays. Add another organisation."))
        changes = {name: fields[name] for name in FIELDS if name in fields and getattr(current, name) != fields[name]}
        for name, value in changes.items():
            setattr(current, name, value)
        _check(actor, current)
        if changes:
            current.save(update_fields=list(changes))
            facts = {name: getattr(value, "ref", value) for name, value in changes.items()}
            actor.record(log, "organization_changed", current.ref, changed=facts)
    return current


def _check(actor: AuditActor, organization: Organization) -> None:
    """Raise AdministrationRefused if the actor may not supervise the organisation, or if its fields are invalid.

    National supervisors manage all organisations; provincial ones manage those of their province, except supervisors.
    """
    viewer = actor.viewer
    if viewer is not None:
        if viewer.kind not in SUPERVISORS or organization.pk == viewer.organization:
            raise AdministrationRefused(_("Only the body that supervises an organisation can add it."))
        if viewer.province and (organization.province != viewer.province or organization.kind in SUPERVISORS):
            raise AdministrationRefused(_("You can only manage organisations in your province."))
        if organization.pk and organization.pk not in viewer.supervised:
            raise AdministrationRefused(_("Your organisation does not supervise this one."))
    if (organization.kind == Kind.MVNO) != (organization.host is not None):
        raise AdministrationRefused(_("Only an MVNO has a host carrier."))
    if organization.country and organization.kind != Kind.PARTNER:
        raise AdministrationRefused(_("An organisation of another country is of the kind “partner”."))
    if organization.zone not in available_timezones():
        raise AdministrationRefused(_("Enter a time zone from the list."))
    try:
        organization.clean_fields(exclude=["host"])
    except ValidationError as error:
        raise AdministrationRefused("; ".join(error.messages)) from None
