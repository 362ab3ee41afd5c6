"""Track whether a person has proven access to the account's mailbox, and reset unproven accounts."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings

from fanzha.command.audit.services import recorded
from fanzha.command.organizations.actor import AuditActor
from fanzha.command.organizations.models import Invitation, Person


def is_proven(person: Person) -> bool:
    """Return whether the person used a mailed link, or a provider login that verifies the address.

    Without mail the inviting person sees the link, so it proves nothing.
    """
    return bool(EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists())


def mark_proven(person: Person) -> None:
    """Store that the person has access to the mailbox."""
    EmailAddress.objects.update_or_create({"verified": True, "primary": True}, user=person, email=person.email)


def starts_over(invitation: Invitation, person: Person) -> bool:
    """Return whether the holder of an invitation link may set a new pass phrase for an existing account.

    This is so if another organisation invites an unproven account, because somebody else may have joined under that
    address. A link that was not mailed never resets an active account.
    """
    if is_proven(person) or person.memberships.filter(organization=invitation.organization).exists():
        return False
    return settings.MAIL_IS_SET_UP or not person.is_active


def start_over(person: Person, phrase: str | None) -> None:
    """Remove second factors and sessions, and replace the pass phrase. None: sign in through a provider."""
    with recorded() as log:
        Authenticator.objects.filter(user=person).delete()
        UserSession.objects.filter(user=person).delete()
        person.set_password(phrase)
        person.session_round += 1
        person.save(update_fields=["password", "session_round"])
        AuditActor(person).record(log, "account_begun_anew", person.ref)
