"""Whether a person has proven to read the mailbox that his account is called by, and what else may be his no longer."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings

from fanzha.command.audit.recorder import recorded
from fanzha.command.organizations.actor import AuditActor
from fanzha.command.organizations.models import Invitation, Person


def is_proven(person: Person) -> bool:
    """Return whether he came by a mailed link, or by a login that speaks for his address.

    Where mail is not set up a link is shown to whoever invites: it proves nothing.
    """
    return bool(EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists())


def mark_proven(person: Person) -> None:
    """Keep that he reads his mailbox."""
    EmailAddress.objects.update_or_create({"verified": True, "primary": True}, user=person, email=person.email)


def starts_over(invitation: Invitation, person: Person) -> bool:
    """Return whether whoever has the link of an invitation chooses a pass phrase for an account that there is.

    So it is where another organisation invites whom nobody has proven to be: somebody may have joined under his address
    before. But a link that was not mailed gives away no account that is in use.
    """
    if is_proven(person) or person.memberships.filter(organization=invitation.organization).exists():
        return False
    return settings.MAIL_IS_SET_UP or not person.is_active


def start_over(person: Person, phrase: str | None) -> None:
    """Take away pass phrase, second factors and sessions; without a phrase he signs in elsewhere."""
    with recorded() as log:
        Authenticator.objects.filter(user=person).delete()
        UserSession.objects.filter(user=person).delete()
        person.set_password(phrase)
        person.session_round += 1
        person.save(update_fields=["password", "session_round"])
        AuditActor(person).put_on_record(log, "account_begun_anew", person.ref)
