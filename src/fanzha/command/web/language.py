"""The language of a page: what the person chose, else what the cookie or the browser says, else the site's."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

CHOSEN = "language"


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, and a signed-in person's choice before it."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language."""
        super().process_request(request)
        if chosen := request.session.get(CHOSEN):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language() or ""


@receiver(user_logged_in)
def remember(sender: object, request: HttpRequest, user: Any, **_kept: object) -> None:
    """Bring the language that a person chose at another machine; the session is asked before the person is known."""
    if user.language and hasattr(request, "session"):
        request.session[CHOSEN] = user.language
