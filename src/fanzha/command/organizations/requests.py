"""Types of authenticated requests in views and API routes, for annotations only."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from fanzha.command.organizations.models import Organization
from fanzha.command.web.viewer import Viewer


class SignedInRequest(HttpRequest):
    """A request of a signed-in person, after the check of `signed_in`."""

    viewer: Viewer
    organization: Organization
    htmx: HtmxDetails


class ApiRequest(SignedInRequest):
    """A request of an API route by a key or a signed-in person."""

    #: Identity for stored responses and rate limits: `key:…` or `person:5/2`.
    caller: str
    #: The revision of the returned object, if the route set it.
    revision: int | None
