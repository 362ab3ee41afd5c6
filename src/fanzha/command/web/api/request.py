"""A request of the API, as routes get it: somebody is known, and for which organisation he asks."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from fanzha.command.web.viewer import Viewer

if TYPE_CHECKING:  # this package is imported before the models are
    from fanzha.command.organizations.models import Organization


class ApiRequest(HttpRequest):
    """What a route reads of its request beside parameters and body; for annotations alone, no such object is made."""

    viewer: Viewer
    organization: "Organization"
    #: Whom answers are kept and requests counted for: `key:…` or `person:5/2`.
    caller: str
    #: The revision that the answer shows, when its route said it.
    revision: int | None
