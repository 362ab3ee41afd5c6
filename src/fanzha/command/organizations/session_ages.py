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
_RECORD_INTERVAL_SECONDS = 60  # seconds
CLEAR = '"cache"'  # local storage only contains the setting of keyboard shortcuts


class SessionAgesMiddleware:
    """Sign out people whose session is too old, and forbid caching of responses to signed-in people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        was_signed_in = request.user.is_authenticated
        if was_signed_in and _is_expired(request):
            logout(request)
            messages.info(request, _("Your session expired and you were signed out. Sign in again."))
        answer = self.get_response(request)
        if was_signed_in:
            answer.setdefault("Cache-Control", "no-store")
            if not request.user.is_authenticated:
                answer["Clear-Site-Data"] = CLEAR
        return answer


def _is_expired(request: HttpRequest) -> bool:
    now, session = int(time.time()), request.session
    started_at, last_seen_at = session.get(BEGUN), session.get(SEEN)
    if started_at is None or last_seen_at is None:  # the first request after signing in
        session[BEGUN] = now
        return _record_use(request, now)
    if now - started_at >= settings.SESSION_COOKIE_AGE or now - last_seen_at >= settings.SESSION_IDLE_SECONDS:
        return True
    return now - last_seen_at >= _RECORD_INTERVAL_SECONDS and _record_use(request, now)


def _record_use(request: HttpRequest, now: int) -> bool:
    """Record time and address of the session's last use, and return False."""
    request.session[SEEN] = now
    UserSession.objects.create_from_request(request)
    return False
