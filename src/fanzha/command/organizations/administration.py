"""Administer the people of an organisation: roles, suspension, second factors and sessions."""

from collections.abc import Sequence

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.audit.services import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.invitations import check_roles
from fanzha.command.organizations.models import Membership, Organization, Person
from fanzha.command.web.roles import Role


def change_roles(
    actor: AuditActor, organization: Organization, person: Person, roles: Sequence[str], unit: str | None = None
) -> None:
    """Replace the roles of a person, and reactivate a suspended one. Raise AdministrationRefused.

    `unit` is the department; None keeps the current one.
    """
    check_roles(organization, roles)
    _check(actor, organization, person)
    with recorded() as log:
        current_roles = _locked_roles(organization, person)
        if Role.ADMINISTRATOR in current_roles - set(roles):
            _check_another_administrator(organization, person)
        _memberships(organization, person).exclude(role__in=roles).update(until=timezone.now())
        department = find_unit(organization, person) if unit is None else unit.strip()
        for role in set(roles) - current_roles:
            Membership.objects.create(person=person, organization=organization, role=role)
        _memberships(organization, person).update(unit=department)
        Person.objects.filter(pk=person.pk).update(is_active=True)
        actor.record(
            log,
            "roles_changed",
            person.ref,
            organization=organization.ref,
            before=sorted(current_roles),
            after=sorted(roles),
            unit=department,
        )


def find_unit(organization: Organization, person: Person) -> str:
    """Return the current or last department of a person, "" if there is none."""
    units = Membership.objects.filter(organization=organization, person=person).exclude(unit="")
    return units.order_by("-since", "-pk").values_list("unit", flat=True).first() or ""


def suspend(actor: AuditActor, organization: Organization, person: Person) -> None:
    """End all roles and sessions of a person. Deactivate a person without any role. Raise AdministrationRefused."""
    _check(actor, organization, person)
    with recorded() as log:
        current_roles = _locked_roles(organization, person)
        if Role.ADMINISTRATOR in current_roles:
            _check_another_administrator(organization, person)
        _memberships(organization, person).update(until=timezone.now())
        if not Membership.objects.in_force().filter(person=person).exists():
            Person.objects.filter(pk=person.pk).update(is_active=False)
        _sign_out(person)
        actor.record(log, "person_suspended", person.ref, organization=organization.ref, before=sorted(current_roles))


def reset_second_factor(actor: AuditActor, organization: Organization, person: Person) -> None:
    """Remove a lost second factor and sign the person out, to set up a new one. Raise AdministrationRefused."""
    if not actor.supervises(organization):
        _check(actor, organization, person)
    other_memberships = Membership.objects.of_other_organizations(organization).filter(person=person)
    if any(not actor.supervises(one.organization) for one in other_memberships.select_related("organization")):
        raise AdministrationRefused(
            _("This person also belongs to another organisation. Ask the body that supervises both.")
        )
    with recorded() as log:
        Authenticator.objects.filter(user=person).delete()
        _sign_out(person)
        actor.record(log, "second_factor_reset", person.ref, organization=organization.ref)


def end_sessions(actor: AuditActor, organization: Organization, person: Person) -> None:
    """End all sessions of a person. Raise AdministrationRefused if the person belongs to another organisation too."""
    _check(actor, organization, person)
    if Membership.objects.of_other_organizations(organization).filter(person=person).exists():
        raise AdministrationRefused(
            _("This person also belongs to another organisation. Suspending them ends their roles here only.")
        )
    with recorded() as log:
        _sign_out(person)
        actor.record(log, "sessions_ended", person.ref, organization=organization.ref)


def erase_account(person: Person) -> bool:
    """Erase name, mail address and ways to sign in of a person without office. Return False while a role is in force.

    The row stays, because records name it by its reference.
    """
    if Membership.objects.in_force().filter(person=person).exists():
        return False
    _sign_out(person)
    for model in (EmailAddress, Authenticator, SocialAccount):
        model.objects.filter(user=person).delete()
    person.email, person.name, person.last_login = f"{person.ref.lower()}@erased.invalid", "–", None
    person.is_active = False
    person.set_unusable_password()
    person.save(update_fields=["email", "name", "last_login", "is_active", "password"])
    return True


def _check(actor: AuditActor, organization: Organization, person: Person) -> None:
    if not actor.administers(organization):
        raise AdministrationRefused(_("You are not an administrator of this organisation."))
    if actor.person == person:
        raise AdministrationRefused(_("Another administrator must do this for you."))


def _check_another_administrator(organization: Organization, person: Person) -> None:
    others = Membership.objects.in_force().filter(organization=organization, role=Role.ADMINISTRATOR)
    if not others.exclude(person=person).exists():
        raise AdministrationRefused(_("This is the only administrator of the organisation. Name another one first."))


def _locked_roles(organization: Organization, person: Person) -> set[str]:
    """Lock the organisation against concurrent changes, and return the person's current roles."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    return set(_memberships(organization, person).values_list("role", flat=True))


def _memberships(organization: Organization, person: Person) -> QuerySet[Membership]:
    return Membership.objects.filter(organization=organization, person=person, until=None)


def _sign_out(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(session_round=F("session_round") + 1)
    UserSession.objects.filter(user=person).delete()
