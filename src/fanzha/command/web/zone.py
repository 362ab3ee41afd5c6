"""Show times in the time zone of the viewer's organisation."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ZoneMiddleware:
    """Activate the organisation's time zone for the duration of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request in the organisation's time zone, or in the site's for anonymous requests."""
        organization = getattr(request, "organization", None)
        if organization is None:
            return self.get_response(request)
        with timezone.override(ZoneInfo(organization.zone)):
            return self.get_response(request)
