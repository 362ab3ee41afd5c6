"""Register, change and suspend organisations. Supervisors do this for the organisations they supervise."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from fanzha.command.audit.recorder import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.invitations import invite
from fanzha.command.organizations.models import Invitation, Organization
from fanzha.command.web.roles import SUPERVISORS, Kind, Role

#: The fields of an organisation that can be set.
FIELDS = ("name_zh", "name_en", "kind", "province", "host", "uscc", "zone", "second_factor", "is_active")


def register_organization(doer: AuditActor, email: str, name: str, **told: Any) -> tuple[Invitation, str]:
    """Create an organisation and invite its administrator. Return the invitation with its secret.

    Raise AdministrationRefused.
    """
    with recorded():
        made = create_organization(doer, **told)
        viewer = doer.viewer and doer.viewer._replace(supervised=doer.viewer.supervised | {made.pk})
        return invite(doer._replace(viewer=viewer), made, email, name, [Role.ADMINISTRATOR])


def create_organization(doer: AuditActor, **told: Any) -> Organization:
    """Create an organisation. Raise AdministrationRefused."""
    made = Organization(**{name: value for name, value in told.items() if name in FIELDS})
    _check(doer, made)
    with recorded() as log:
        made.save()
        doer.put_on_record(log, "organization_made", made.ref, kind=made.kind, province=made.province)
    return made


def change_organization(doer: AuditActor, organization: Organization, **told: Any) -> Organization:
    """Change fields of an organisation, and record the changes. Raise AdministrationRefused."""
    _check(doer, organization)
    with recorded() as log:
        held = Organization.objects.select_for_update().get(pk=organization.pk)
        changed = {name: told[name] for name in FIELDS if name in told and getattr(held, name) != told[name]}
        for name, value in changed.items():
            setattr(held, name, value)
        _check(doer, held)
        if changed:
            held.save(update_fields=list(changed))
            facts = {name: getattr(value, "ref", value) for name, value in changed.items()}
            doer.put_on_record(log, "organization_changed", held.ref, changed=facts)
    return held


def _check(doer: AuditActor, organization: Organization) -> None:
    """Raise AdministrationRefused if the actor may not supervise the organisation, or if its fields are invalid.

    National supervisors manage all organisations; provincial ones manage those of their province, except supervisors.
    """
    viewer = doer.viewer
    if viewer is not None:
        if viewer.kind not in SUPERVISORS or organization.pk == viewer.organization:
            raise AdministrationRefused(_("Organisations are taken in by who supervises them."))
        if viewer.province and (organization.province != viewer.province or organization.kind in SUPERVISORS):
            raise AdministrationRefused(_("You supervise the organisations of your province."))
        if organization.pk and organization.pk not in viewer.supervised:
            raise AdministrationRefused(_("You do not supervise this organisation."))
    if (organization.kind == Kind.MVNO) != (organization.host is not None):
        raise AdministrationRefused(_("An MVNO, and nobody else, names the carrier on whose network it lives."))
    if organization.zone not in available_timezones():
        raise AdministrationRefused(_("There is no such time zone."))
    try:
        organization.clean_fields(exclude=["host"])
    except ValidationError as error:
        raise AdministrationRefused("; ".join(error.messages)) from None
