"""Sessions end: some time after the last request, and a shift after signing in, however busy one is."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

BEGUN, SEEN = "session_begun", "session_seen"
_NOTED_EVERY = 60  # seconds
CLEAR = '"cache", "storage"'


class SessionAgesMiddleware:
    """Signs out whose session is too old; what a signed-in person was shown is kept by no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
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


@receiver(user_logged_in)
def begin(sender: object, request: HttpRequest, **_kept: object) -> None:
    """Note when a session begins."""
    if hasattr(request, "session"):
        request.session[BEGUN] = request.session[SEEN] = int(time.time())


def _is_over(request: HttpRequest) -> bool:
    now, session = int(time.time()), request.session
    begun, seen = session.get(BEGUN), session.get(SEEN)
    if begun is None or seen is None:
        return True
    if now - begun >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE_SECONDS:
        return True
    if now - seen >= _NOTED_EVERY:
        session[SEEN] = now
    return False
