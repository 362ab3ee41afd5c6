"""Sensitive acts want that one has shown some minutes ago that one is still oneself; else one is asked again."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from fanzha.command.api.problems import Problem

View = Callable[..., HttpResponseBase]


def confirmed_lately(view: View) -> View:
    """Let a view be used by who signed in or confirmed lately; others are asked, and come back to what they did.

    It stands below `signed_in`: who is not signed in, or may not, is told so first.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        if get_reauthentication_flows(request.user):
            raise ReauthenticationRequired
        logout(request)
        messages.info(request, _("Sign in again: this wants a fresh sign-in."))
        return redirect_to_login(request.get_full_path())

    return guarded


def require_confirmed(request: HttpRequest) -> None:
    """Raise a problem for a person of a session who has not confirmed lately; keys need not."""
    if getattr(request, "viewer", None) is None or request.viewer.person is None:  # type: ignore[attr-defined]
        return
    if not is_confirmed(request):
        raise Problem("forbidden", _("Confirm on the site that it is you, then ask again."))


def is_confirmed(request: HttpRequest) -> bool:
    """Return whether somebody signed in or was asked again within the last minutes."""
    records = get_authentication_records(request, request.user)
    latest = max((float(one.get("at", 0)) for one in records), default=0.0)
    return time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
