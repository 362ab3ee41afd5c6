"""Where there is TLS, the API answers nobody over plain HTTP: a redirect would hide that a key was sent in the open."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from fanzha.command.api.problems import Problem, problem_response


class PlainHttpMiddleware:
    """Stands before what leads browsers to https://."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse."""
        if settings.SECURE_SSL_REDIRECT and request.path_info.startswith("/api/") and not request.is_secure():
            told = _("Ask %(address)s. A key that was sent like this was open to others: revoke it.")
            return problem_response(Problem("forbidden", told % {"address": settings.SITE_ADDRESS}))
        return self.get_response(request)
