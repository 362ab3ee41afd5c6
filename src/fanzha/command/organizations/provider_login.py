"""Sign-in of invited people through an organisation's OpenID Connect provider, limited to its mail domains."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render

from fanzha.command.organizations.invitations import accept
from fanzha.command.organizations.mailbox import is_proven, mark_proven, start_over
from fanzha.command.organizations.models import Invitation, Person

#: Session key: the provider has verified a second factor.
PROVIDER_SECOND_FACTOR = "second_factor_at_provider"
#: Values of the `amr` claim that mean a second factor (RFC 8176 §2). Two different methods count as well.
_SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc"})


class ProviderLoginAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth adapter that signs in invited people and creates no other accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return False: signing in creates no account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect a first sign-in to the person or the open invitation of its mail address.

        Credentials set before the mailbox was proven are removed.
        """
        settings_of = sociallogin.provider.app.settings
        address = _address(sociallogin, settings_of.get("domains", ()))
        if sociallogin.is_existing:
            _refuse_unless(request, address == sociallogin.user.email and sociallogin.user.is_active)
        else:
            person = _invited_person(address) if address else None
            _refuse_unless(request, person is not None and not request.user.is_authenticated)
            assert person is not None
            if not is_proven(person):
                start_over(person, None)
                mark_proven(person)
            sociallogin.connect(request, person)
        if settings_of.get("second_factor") and _has_second_factor(sociallogin):
            request.session[PROVIDER_SECOND_FACTOR] = True
        else:
            request.session.pop(PROVIDER_SECOND_FACTOR, None)


def _refuse_unless(request: HttpRequest, holds: bool) -> None:
    if not holds:
        raise ImmediateHttpResponse(render(request, "organizations/not_invited.html", status=403))


def _address(sociallogin: Any, domains: tuple[str, ...]) -> str:
    """Return the verified mail address within the provider's domains, or ""."""
    for email_address in sociallogin.email_addresses:
        address: str = email_address.email.strip().casefold()
        if email_address.verified and address.rpartition("@")[2] in domains:
            return address
    return ""


def _invited_person(address: str) -> Person | None:
    person = Person.objects.filter(email=address).first()
    if person is not None:
        return person if person.is_active else None
    invitation = Invitation.select_open().filter(email=address).first()
    return accept(invitation, None) if invitation else None


def _has_second_factor(sociallogin: Any) -> bool:
    claims = sociallogin.account.extra_data
    methods = set((claims.get("id_token") or claims).get("amr") or ())
    return bool(methods & _SECOND_FACTORS) or len(methods) > 1
