"""Whoever needs a second factor and has none is led to set one up before he sees anything else."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from fanzha.command.organizations.models import Organization, Person
from fanzha.command.organizations.provider_login import PROVIDER_ASKED
from fanzha.command.web.api.problems import Problem, problem_response

#: What counts as a second factor; recovery codes alone do not.
COUNTED = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
HAS = "has_second_factor"
#: What one sees without: how to set it up, how to sign in again or out, and in which language and look.
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
    """Leads to the page that sets up a second factor; the API says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead away."""
        if not lacks_second_factor(request) or _is_open(request.path_info):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return problem_response(Problem("forbidden", _("Set up your second factor on the site first.")))
        return redirect("second_factor")


def lacks_second_factor(request: HttpRequest) -> bool:
    """Return whether the person who asks needs a second factor and has none; found once, it is kept in the session."""
    person, organization = request.user, getattr(request, "organization", None)
    if not isinstance(person, Person) or organization is None or not needs_second_factor(organization):
        return False
    if request.session.get(PROVIDER_ASKED) or request.session.get(HAS) == person.pk:
        return False
    if not has_second_factor(person):
        return True
    request.session[HAS] = person.pk
    return False


def needs_second_factor(organization: Organization) -> bool:
    """Return whether people of an organisation need one."""
    return organization.second_factor and organization.kind not in settings.SECOND_FACTOR_OPTIONAL


def has_second_factor(person: Person) -> bool:
    """Return whether a person has set up an app or a key."""
    return bool(Authenticator.objects.filter(user=person, type__in=COUNTED).exists())


def _is_open(path: str) -> bool:
    try:
        return resolve(path).url_name in OPEN
    except Resolver404:
        return False
