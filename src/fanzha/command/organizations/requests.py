"""Requests of people and programs that have been identified, as views and API routes get them (annotations only)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from fanzha.command.organizations.models import Organization
from fanzha.command.web.viewer import Viewer


class SignedInRequest(HttpRequest):
    """A request of a person who is signed in for an organisation: what `signed_in` has checked."""

    viewer: Viewer
    organization: Organization
    htmx: HtmxDetails


class ApiRequest(SignedInRequest):
    """A request of an API route: a key, or a person who is signed in."""

    #: Whom answers are kept and requests counted for: `key:…` or `person:5/2`.
    caller: str
    #: The revision that the answer shows, when its route set it.
    revision: int | None
