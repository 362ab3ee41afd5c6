"""Invite people and accept invitations. This is the only way to join; a link works once and expires."""

from collections.abc import Sequence

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.audit.services import recorded
from fanzha.command.organizations.actor import AdministrationRefused, AuditActor
from fanzha.command.organizations.mailbox import mark_proven, start_over, starts_over
from fanzha.command.organizations.models import Invitation, Membership, Organization, Person
from fanzha.command.web.roles import Role, roles_of


def invite(
    actor: AuditActor, organization: Organization, email: str, name: str, roles: Sequence[str], unit: str = ""
) -> tuple[Invitation, str]:
    """Invite a person, and return the invitation with its secret, which is not stored. Raise AdministrationRefused.

    An open invitation of the same address is withdrawn.
    """
    check_roles(organization, roles)
    email = email.strip().casefold()
    if not actor.administers(organization):
        _check_first_administrator(actor, organization, roles)
    if Membership.objects.in_force().filter(organization=organization, person__email=email).exists():
        raise AdministrationRefused(_("This person already belongs to the organisation. Change their roles instead."))
    with recorded() as log:
        Invitation.select_open().filter(organization=organization, email=email).update(withdrawn_at=timezone.now())
        invitation, token = Invitation.make(organization, email, name, list(roles), actor.person, unit.strip())
        actor.record(log, "person_invited", organization.ref, invitation=invitation.pk, roles=invitation.roles)
    return invitation, token


def withdraw(actor: AuditActor, invitation: Invitation) -> None:
    """Withdraw an invitation. Raise AdministrationRefused."""
    if not (actor.administers(invitation.organization) or actor.supervises(invitation.organization)):
        raise AdministrationRefused(_("You are not an administrator of this organisation."))
    with recorded() as log:
        if Invitation.select_open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
            actor.record(log, "invitation_withdrawn", invitation.organization.ref, invitation=invitation.pk)


def accept(invitation: Invitation, phrase: str | None) -> Person:
    """Create the invited person, or add the roles to an existing person. Raise AdministrationRefused.

    Without a phrase the person signs in through an identity provider. A phrase for an existing account replaces all its
    credentials, if `mailbox.starts_over` allows that. Of two concurrent uses of one link, one is refused.
    """
    with recorded() as log:
        if not Invitation.select_open().filter(pk=invitation.pk).update(accepted_at=timezone.now()):
            raise AdministrationRefused(_("This link has been used or has expired."))
        person = Person.objects.filter(email=invitation.email).first()
        if person is None:
            person = Person.objects.create_user(invitation.email, phrase, name=invitation.name)
        elif phrase is not None:
            if not starts_over(invitation, person):
                raise AdministrationRefused(_("You already have an account. Sign in, then join."))
            start_over(person, phrase)
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
        if settings.MAIL_IS_SET_UP:
            mark_proven(person)
        for role in invitation.roles:
            Membership.objects.update_or_create(
                {"unit": invitation.unit},
                person=person,
                organization=invitation.organization,
                role=role,
                until=None,
            )
        actor = AuditActor(person, invitation.organization)
        actor.record(log, "invitation_accepted", person.ref, invitation=invitation.pk, roles=invitation.roles)
    return person


def _check_first_administrator(actor: AuditActor, organization: Organization, roles: Sequence[str]) -> None:
    """Allow a supervisor to invite only the first administrator of an organisation."""
    if not actor.supervises(organization):
        raise AdministrationRefused(_("You are not an administrator of this organisation."))
    administrators = Membership.objects.in_force().filter(organization=organization, role=Role.ADMINISTRATOR)
    if list(roles) != [Role.ADMINISTRATOR] or administrators.exists():
        raise AdministrationRefused(_("Only an administrator of the organisation can invite people."))


def check_roles(organization: Organization, roles: Sequence[str]) -> None:
    """Raise AdministrationRefused unless the organisation's kind has these roles."""
    if not roles:
        raise AdministrationRefused(_("Choose at least one role."))
    if not set(roles) <= {role.value for role in roles_of(organization.kind, organization.province)}:
        raise AdministrationRefused(_("This kind of organisation does not have that role."))
