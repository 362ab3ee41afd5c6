"""Times are shown in the zone of the organisation for which somebody looks."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ZoneMiddleware:
    """Puts the organisation's zone in place for as long as a request lasts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the organisation's zone, the site's where nobody is signed in."""
        organization = getattr(request, "organization", None)
        if organization is None:
            return self.get_response(request)
        with timezone.override(ZoneInfo(organization.zone)):
            return self.get_response(request)
