"""Require people to set up a second factor before they use the site, if their organisation demands it."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.organizations.provider_login import PROVIDER_SECOND_FACTOR
from fanzha.command.web.api.problems import Problem, problem_response

#: Types that count as a second factor. Recovery codes alone do not.
COUNTED = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
HAS = "has_second_factor"
#: URL names allowed without a second factor: setup, sign-in and sign-out, language and theme.
OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "choose_language",
        "choose_organization",
        "choose_theme",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "second_factor",
    }
)


class SecondFactorMiddleware:
    """Redirect to the setup page of the second factor. The API answers with a problem."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request, or redirect."""
        if not lacks_second_factor(request) or _is_open(request.path_info):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return problem_response(Problem("forbidden", _("Set up a second factor on the site first.")))
        return redirect("second_factor")


def lacks_second_factor(request: HttpRequest) -> bool:
    """Return whether the user needs a second factor and has none. The session caches that the user has one."""
    person, organization = request.user, getattr(request, "organization", None)
    if not isinstance(person, Person) or organization is None or not needs_second_factor(organization):
        return False
    if request.session.get(PROVIDER_SECOND_FACTOR) or request.session.get(HAS) == person.pk:
        return False
    if not has_second_factor(person):
        return True
    request.session[HAS] = person.pk
    return False


def needs_second_factor(organization: Organization) -> bool:
    """Return whether an organisation requires a second factor."""
    return organization.second_factor and organization.kind not in settings.SECOND_FACTOR_OPTIONAL


def has_second_factor(person: Person) -> bool:
    """Return whether a person has set up an authenticator app or a security key."""
    return bool(Authenticator.objects.filter(user=person, type__in=COUNTED).exists())


def _is_open(path: str) -> bool:
    try:
        return resolve(path).url_name in OPEN
    except Resolver404:
        return False
