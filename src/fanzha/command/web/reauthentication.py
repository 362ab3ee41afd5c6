"""Require a recent sign-in or confirmation before sensitive actions."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from fanzha.command.web.api.problems import Problem

View = Callable[..., HttpResponseBase]

#: Maximum age of the confirmation, in seconds: for changes of rights, and for frequent actions.
SECONDS = 5 * 60
AN_HOUR = 60 * 60


def require_recent_confirmation(view: View) -> View:
    """Require a sign-in or confirmation within the last `SECONDS` for a view."""
    return require_confirmation_within(SECONDS)(view)


def require_confirmation_within(seconds: int) -> Callable[[View], View]:
    """Require a sign-in or confirmation within the last seconds for a view. Others confirm first and then return.

    Put it below `signed_in`, so that missing sign-in or roles are reported first.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs) if is_confirmed(request, seconds) else _request_confirmation(request)

        return guarded

    return guard


def _request_confirmation(request: HttpRequest) -> HttpResponseBase:
    if not get_reauthentication_flows(request.user):
        logout(request)
        messages.info(request, _("Sign in again to do this."))
        return redirect_to_login(request.get_full_path())
    htmx = getattr(request, "htmx", None)
    if not htmx:
        raise ReauthenticationRequired
    reauthentication_url = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
    return HttpResponseClientRedirect(f"{reauthentication_url}?{urlencode({'next': htmx.current_url_abs_path or '/'})}")


def require_confirmed(request: HttpRequest, seconds: int = SECONDS) -> None:
    """Raise a problem if a person has not confirmed within the last seconds. API keys are exempt."""
    if (viewer := getattr(request, "viewer", None)) is None or viewer.person is None:
        return
    if not is_confirmed(request, seconds):
        raise Problem("forbidden", _("Confirm your identity on the site, then try again."))


def is_confirmed(request: HttpRequest, seconds: int = SECONDS) -> bool:
    """Return whether the user signed in or confirmed within the last seconds."""
    records = get_authentication_records(request, request.user)
    latest = max((float(record.get("at", 0)) for record in records), default=0.0)
    return time.time() - latest < seconds
