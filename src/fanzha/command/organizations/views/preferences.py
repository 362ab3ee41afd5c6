"""Choose language, theme and organisation."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from fanzha.command.organizations.models import Membership, Person
from fanzha.command.organizations.viewer_middleware import CHOSEN as CHOSEN_ORGANIZATION
from fanzha.command.web.access import signed_in
from fanzha.command.web.language import CHOSEN as CHOSEN_LANGUAGE
from fanzha.command.web.looks import THEMES

YEAR_SECONDS = 365 * 24 * 3600


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Store the language for the person, in the session and in a cookie."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(language=chosen)
        request.session[CHOSEN_LANGUAGE] = chosen
    answer = _back(request)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Store the theme for the person, or in the session of an anonymous visitor."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise Http404
    if isinstance(request.user, Person):
        Person.objects.filter(pk=request.user.pk).update(theme=chosen)
    else:
        request.session["theme"] = chosen
    return _back(request)


@signed_in
@require_POST
def choose_organization(request: HttpRequest) -> HttpResponse:
    """Switch to another of the person's organisations. Show its home, because it may not have access to this page."""
    memberships = Membership.objects.in_force().filter(person=request.user.pk, organization__is_active=True)
    membership = memberships.filter(organization__ref=request.POST.get("organization", "")).first()
    if membership is None:
        raise Http404
    request.session[CHOSEN_ORGANIZATION] = membership.organization_id
    return redirect("home")


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Redirect to the previous page if it is on this site, else to the home page."""
    target = request.POST.get("next", "")
    is_local = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if is_local else "/")
