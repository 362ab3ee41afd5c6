"""Times stand in the zone of the organisation for which somebody looks, and the site's zone is back afterwards."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fanzha.command.organizations.models import Organization
from fanzha.command.web.zone import ZoneMiddleware


def told(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


def test_the_organisations_zone_lasts_as_long_as_the_request() -> None:
    before = timezone.get_current_timezone_name()
    request = HttpRequest()
    request.organization = Organization(zone="Asia/Urumqi")  # type: ignore[attr-defined]
    assert ZoneMiddleware(told)(request).content == b"Asia/Urumqi"
    assert timezone.get_current_timezone_name() == before


def test_strangers_see_the_sites_zone() -> None:
    assert ZoneMiddleware(told)(HttpRequest()).content.decode() == timezone.get_current_timezone_name()
