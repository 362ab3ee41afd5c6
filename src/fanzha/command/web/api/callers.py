"""Who asks: an API key by `Authorization: Bearer fz_…`, or a person who is signed in, with a CSRF token."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, HttpBearer

from fanzha.command.web.api.problems import Problem
from fanzha.command.web.viewer import Viewer

#: Requests a minute of a person's session; keys have their own figure.
OF_A_SESSION = 600


class Caller(NamedTuple):
    """Who asks, for which organisation, how often at most."""

    name: str
    viewer: Viewer
    organization: Model  # a row of a higher app, only passed on
    per_minute: int


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks. A wrong key is refused also where a session would do. Raises Problem."""
    header = request.headers.get("Authorization")
    return _by_session(request) if header is None else _by_key(header)


def _by_key(header: str) -> Caller:
    scheme, _space, secret = header.partition(" ")
    authenticate: Callable[[str], Caller | None] = import_string(settings.API_KEY_AUTHENTICATOR)
    caller = authenticate(secret.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise Problem("unauthenticated", _("The key is unknown, has expired or was revoked."))
    return caller


def _by_session(request: HttpRequest) -> Caller:
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        raise Problem("unauthenticated", _("Send a key as Authorization: Bearer, or sign in."))
    if _csrf_missing(request):
        raise Problem("forbidden", _("The CSRF token is missing or wrong."))
    organization: Model = request.organization  # type: ignore[attr-defined]
    return Caller(f"person:{viewer.person}/{viewer.organization}", viewer, organization, OF_A_SESSION)


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check, without the page that says it failed."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)


def _csrf_missing(request: HttpRequest) -> bool:
    check = _CsrfCheck(lambda _: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, HttpResponse, (), {}) is not None


class ByKey(HttpBearer):
    """Lets in whom `caller_of` found, and describes keys in the OpenAPI file."""

    def __call__(self, request: HttpRequest) -> Any:
        """Return the caller, None for a request that did not come through the door."""
        return getattr(request, "caller", None)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the caller."""
        return self(request)


class BySession(APIKeyCookie):
    """Lets in whom `caller_of` found, and describes sessions in the OpenAPI file."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        """Return the caller, None for a request that did not come through the door."""
        return getattr(request, "caller", None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the caller."""
        return self(request)
