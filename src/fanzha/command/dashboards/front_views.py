"""The address `/`: the dashboards of a signed-in person, else the public services of this site."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from fanzha.command.dashboards.views import home
from fanzha.command.education.selectors import find_teaching_organization
from fanzha.command.reports.services import find_intake_organization
from fanzha.command.web.public_page import public_page
from fanzha.store.link_list_settings import load_link_list_settings


def front(request: HttpRequest) -> HttpResponseBase:
    """Show the own dashboards, the public page where the site serves the public, else the login.

    A browser with the cookie of a session that is over belongs to staff: it is led to the login.
    """
    if request.user.is_authenticated or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return home(request)
    takes_reports, teaches = find_intake_organization() is not None, find_teaching_organization() is not None
    if not (takes_reports or teaches):
        return home(request)  # it leads who has not signed in to the login
    return public_front(request, takes_reports=takes_reports, teaches=teaches)


@public_page()
def public_front(request: HttpRequest, *, takes_reports: bool, teaches: bool) -> HttpResponse:
    """Offer report, look-up, appeal, lessons and the extension for browsers beside the login of staff."""
    context = {"takes_reports": takes_reports, "teaches": teaches, "warns": load_link_list_settings().enabled}
    return render(request, "dashboards/front.html", context)
