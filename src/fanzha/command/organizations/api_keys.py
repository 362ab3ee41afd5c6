"""Create and revoke API keys, with which other systems act for an organisation."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.audit.services import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.models import ApiKey, Organization, Person
from fanzha.command.web.api.routers import routers
from fanzha.command.web.api.scopes import all_scopes
from fanzha.command.web.roles import roles_of

LONGEST = 366  # days
MOST_PER_MINUTE = 6_000


def list_scopes() -> list[tuple[str, str]]:
    """Return all scopes with their titles: two per app with routes."""
    return all_scopes(routers())


def make_key(
    actor: AuditActor,
    organization: Organization,
    name: str,
    *,
    scopes: Sequence[str],
    roles: Sequence[str],
    days: int,
    per_minute: int = 600,
) -> tuple[ApiKey, str]:
    """Create a key, and return it with its secret, which is not stored. Raise AdministrationRefused.

    A key cannot create a key with more rights than its own.
    """
    _check(actor, organization)
    if not name.strip() or not 1 <= days <= LONGEST or not 1 <= per_minute <= MOST_PER_MINUTE:
        raise AdministrationRefused(
            _("Give the key a name, an end date within a year, and at most 6,000 requests a minute.")
        )
    if not scopes or not set(scopes) <= {scope for scope, _title in list_scopes()}:
        raise AdministrationRefused(_("Choose at least one scope from the list."))
    if not set(roles) <= {role.value for role in roles_of(organization.kind, organization.province)}:
        raise AdministrationRefused(_("This kind of organisation does not have that role."))
    _check_not_above(actor, scopes, roles)
    with recorded() as log:
        key, secret = ApiKey.make(
            organization,
            name.strip(),
            scopes=sorted(set(scopes)),
            roles=sorted(set(roles)),
            per_minute=per_minute,
            made_by=actor.responsible_person,
            expires_at=timezone.now() + timedelta(days=days),
        )
        actor.record(log, "key_made", organization.ref, key=key.pk, scopes=key.scopes, roles=key.roles, days=days)
    return key, secret


def make_partner_key(
    organization: Organization, shared_by: Organization, basis: str, by: Person, expires_at: datetime
) -> tuple[ApiKey, str]:
    """Create a key with which an organisation of another country reads what another shares; return it with its secret.

    People of that organisation cannot sign in to make one. The key reads no data of third organisations. `basis` is the
    reference of the approval. Raise AdministrationRefused if it is at home.
    """
    if not organization.country:
        raise AdministrationRefused(_("This organisation makes its keys itself."))
    with recorded() as log:
        latest = timezone.now() + timedelta(days=LONGEST)
        key, secret = ApiKey.make(
            organization,
            "TAXII",
            scopes=["exchange:read"],
            roles=[],
            shared_by=shared_by,
            basis=basis,
            made_by=by,
            expires_at=min(expires_at, latest),
        )
        actor = AuditActor(person=by, organization=shared_by)
        actor.record(log, "key_made", organization.ref, key=key.pk, scopes=key.scopes, roles=[], basis=basis)
    return key, secret


def revoke_partner_keys(basis: str, shared_by: Organization, by: Person) -> int:
    """Revoke all keys that were made on an approval (its reference); return how many."""
    with recorded() as log:
        keys = list(
            ApiKey.objects.filter(basis=basis, shared_by=shared_by, revoked_at=None).select_related("organization")
        )
        ApiKey.objects.filter(pk__in=[key.pk for key in keys]).update(revoked_at=timezone.now())
        for key in keys:
            AuditActor(person=by, organization=shared_by).record(log, "key_revoked", key.organization.ref, key=key.pk)
    return len(keys)


def revoke_key(actor: AuditActor, key: ApiKey) -> None:
    """Revoke a key. Raise AdministrationRefused."""
    _check(actor, key.organization)
    with recorded() as log:
        if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
            actor.record(log, "key_revoked", key.organization.ref, key=key.pk)


def _check_not_above(actor: AuditActor, scopes: Sequence[str], roles: Sequence[str]) -> None:
    viewer = actor.viewer
    if viewer is None or viewer.scopes is None:
        return
    if not (set(scopes) <= viewer.scopes and set(roles) <= viewer.roles):
        raise AdministrationRefused(_("A key cannot create another key with more rights than its own."))


def _check(actor: AuditActor, organization: Organization) -> None:
    if not actor.administers(organization):
        raise AdministrationRefused(_("You are not an administrator of this organisation."))
