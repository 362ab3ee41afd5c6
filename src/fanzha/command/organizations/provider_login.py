"""An organisation's own login (OpenID Connect) lets in who was invited, from the mail domains that it speaks for."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render

from fanzha.command.organizations.invitations import accept
from fanzha.command.organizations.mailbox import is_proven, mark_proven, start_over
from fanzha.command.organizations.models import Invitation, Person

#: In the session: the provider has itself asked for a second factor.
PROVIDER_ASKED = "second_factor_at_provider"
#: What an ID token says of a second factor (RFC 8176 §2); two different methods are one as well.
_SECOND_FACTORS = frozenset({"mfa", "otp", "hwk", "swk", "sc"})


class ProviderLoginAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Lets an organisation's own login sign people in who were invited, and makes nobody else."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return that nobody is made by signing in."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Tie a first sign-in to the person of its mail address, or to the invitation that waits for him.

        What was set before anybody proved to read that mailbox holds no more.
        """
        settings_of = sociallogin.provider.app.settings
        address = _address(sociallogin, settings_of.get("domains", ()))
        if sociallogin.is_existing:
            _refuse_unless(request, address == sociallogin.user.email and sociallogin.user.is_active)
        else:
            person = _invited(address) if address else None
            _refuse_unless(request, person is not None and not request.user.is_authenticated)
            assert person is not None
            if not is_proven(person):
                start_over(person, None)
                mark_proven(person)
            sociallogin.connect(request, person)
        if settings_of.get("second_factor") and _asked_for_second_factor(sociallogin):
            request.session[PROVIDER_ASKED] = True
        else:
            request.session.pop(PROVIDER_ASKED, None)


def _refuse_unless(request: HttpRequest, holds: bool) -> None:
    if not holds:
        raise ImmediateHttpResponse(render(request, "organizations/not_invited.html", status=403))


def _address(sociallogin: Any, domains: tuple[str, ...]) -> str:
    """Return the mail address that a provider has verified and may speak for, else nothing."""
    for one in sociallogin.email_addresses:
        address: str = one.email.strip().casefold()
        if one.verified and address.rpartition("@")[2] in domains:
            return address
    return ""


def _invited(address: str) -> Person | None:
    found = Person.objects.filter(email=address).first()
    if found is not None:
        return found if found.is_active else None
    invitation = Invitation.still_open().filter(email=address).first()
    return accept(invitation, None) if invitation else None


def _asked_for_second_factor(sociallogin: Any) -> bool:
    claims = sociallogin.account.extra_data
    methods = set((claims.get("id_token") or claims).get("amr") or ())
    return bool(methods & _SECOND_FACTORS) or len(methods) > 1
