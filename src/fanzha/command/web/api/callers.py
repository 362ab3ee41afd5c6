"""Authenticate callers: API keys by `Authorization: Bearer fz_…`, signed-in people by session and CSRF token."""

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

#: Rate limit of a session, in requests per minute. Keys have their own limit.
OF_A_SESSION = 600


class Caller(NamedTuple):
    """The caller, the organisation, and the rate limit."""

    name: str
    viewer: Viewer
    organization: Model  # a row of a higher app, only passed on
    per_minute: int


def caller_of(request: HttpRequest) -> Caller:
    """Return the caller. An invalid key is refused even if there is a valid session. Raise Problem."""
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
    """Django's CSRF check without the error page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseForbidden:
        return HttpResponseForbidden(reason)


def _csrf_missing(request: HttpRequest) -> bool:
    check = _CsrfCheck(lambda _: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, HttpResponse, (), {}) is not None


class ByKey(HttpBearer):
    """Accept the caller that `caller_of` found, and describe keys in the OpenAPI file."""

    def __call__(self, request: HttpRequest) -> Any:
        """Return the caller, or None if `guard_route` has not authenticated the request."""
        return getattr(request, "caller", None)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the caller."""
        return self(request)


class BySession(APIKeyCookie):
    """Accept the caller that `caller_of` found, and describe sessions in the OpenAPI file."""

    param_name = settings.SESSION_COOKIE_NAME

    def __call__(self, request: HttpRequest) -> Any:
        """Return the caller, or None if `guard_route` has not authenticated the request."""
        return getattr(request, "caller", None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the caller."""
        return self(request)
