"""Refuse plain HTTP requests that carry secrets if the site has TLS: a redirect would hide that one was seen."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext_lazy as _

from fanzha.command.web.api.problems import Problem, problem_response

#: Addresses whose requests carry a key, a client secret or an access token.
_WITH_SECRETS = ("/api/", "/oauth2/", "/camara/", "/taxii2/", "/exchange-feeds/")
_WORDS = _("Use %(address)s. Others could read the key you sent, so revoke it.")


class PlainHttpMiddleware:
    """Refuse plain HTTP below the addresses of programs. Place it before the redirect to https://."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle or refuse the request."""
        if settings.SECURE_SSL_REDIRECT and request.path_info.startswith(_WITH_SECRETS) and not request.is_secure():
            with override(get_language_from_request(request)):
                return problem_response(Problem("forbidden", _WORDS % {"address": settings.SITE_ADDRESS}))
        return self.get_response(request)
