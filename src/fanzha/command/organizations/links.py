"""Send the link of an invitation by mail, or return it for display if mail is not configured."""

from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.organizations.actor import AdministrationRefused
from fanzha.command.organizations.models import Invitation


def join_url(token: str, request: HttpRequest | None = None) -> str:
    """Return the URL of the page where an invitation is accepted."""
    path = reverse("join", args=[token])
    if settings.SITE_ADDRESS:
        return f"{settings.SITE_ADDRESS.rstrip('/')}{path}"
    return request.build_absolute_uri(path) if request else path


def deliver_or_return_url(invitation: Invitation, token: str, request: HttpRequest) -> str | None:
    """Mail a link and return None, or return the link if mail is not configured. Raise AdministrationRefused.

    If mailing fails, the invitation is withdrawn.
    """
    url = join_url(token, request)
    try:
        return None if send_link(invitation, url) else url
    except OSError as error:
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
        raise AdministrationRefused(
            _("The mail server did not accept the invitation. Invite the person again.")
        ) from error


def send_link(invitation: Invitation, url: str) -> bool:
    """Mail a link, and return whether it was mailed. Raise OSError if the mail server refuses it."""
    if not settings.MAIL_IS_SET_UP:
        return False
    context = {"invitation": invitation, "url": url}
    text = render_to_string("organizations/mail/invitation.txt", context)
    subject = _("Invitation to Fanzha: %(organization)s") % {"organization": invitation.organization}
    return bool(send_mail(subject, text, None, [invitation.email]))
