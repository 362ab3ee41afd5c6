"""The address `/`: the dashboards of whoever signed in; for everybody else, what the public can do on this site."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from fanzha.command.dashboards.views import home
from fanzha.command.education.selectors import find_teaching_organization
from fanzha.command.reports.services import find_intake_organization
from fanzha.command.web.public_page import public_page


def front(request: HttpRequest) -> HttpResponseBase:
    """Show the own dashboards, the public page where the site serves the public, else the login.

    A browser with the cookie of a session that is over belongs to staff: it is led to the login.
    """
    is_staff = request.user.is_authenticated or settings.SESSION_COOKIE_NAME in request.COOKIES
    if is_staff or not (takes_reports() or teaches()):
        return home(request)  # it leads who has not signed in to the login
    return public_front(request)


@public_page()
def public_front(request: HttpRequest) -> HttpResponse:
    """Offer report, look-up, appeal and lessons beside the login of staff."""
    return render(request, "dashboards/front.html", {"takes_reports": takes_reports(), "teaches": teaches()})


def takes_reports() -> bool:
    """Return whether the public reports on this site."""
    return find_intake_organization() is not None


def teaches() -> bool:
    """Return whether an organisation teaches the public on this site."""
    return find_teaching_organization() is not None
