"""End sessions after a period without requests, and after a maximum time since sign-in."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

BEGUN, SEEN = "session_begun", "session_seen"
_NOTED_EVERY = 60  # seconds
CLEAR = '"cache"'  # local storage only contains the setting of keyboard shortcuts


class SessionAgesMiddleware:
    """Sign out people whose session is too old, and forbid caching of responses to signed-in people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        was_signed_in = request.user.is_authenticated
        if was_signed_in and _is_over(request):
            logout(request)
            messages.info(request, _("You were signed out, because the session was old. Sign in again."))
        answer = self.get_response(request)
        if was_signed_in:
            answer.setdefault("Cache-Control", "no-store")
            if not request.user.is_authenticated:
                answer["Clear-Site-Data"] = CLEAR
        return answer


def _is_over(request: HttpRequest) -> bool:
    now, session = int(time.time()), request.session
    begun, seen = session.get(BEGUN), session.get(SEEN)
    if begun is None or seen is None:  # the first request after signing in
        session[BEGUN] = now
        return _noted(request, now)
    if now - begun >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE_SECONDS:
        return True
    return now - seen >= _NOTED_EVERY and _noted(request, now)


def _noted(request: HttpRequest, now: int) -> bool:
    """Record time and address of the session's last use, and return False."""
    request.session[SEEN] = now
    UserSession.objects.create_from_request(request)
    return False
