"""Choose the language of a page: the person's choice, the cookie, the browser's, or the site's default."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

CHOSEN = "language"


class LanguageMiddleware(LocaleMiddleware):
    """Django's locale middleware, with precedence for the choice of a signed-in person."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language."""
        super().process_request(request)
        if chosen := request.session.get(CHOSEN):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language() or ""


@receiver(user_logged_in)
def remember(sender: object, request: HttpRequest, user: Any, **_kept: object) -> None:
    """Copy the person's language to the session at sign-in."""
    if user.language and hasattr(request, "session"):
        request.session[CHOSEN] = user.language
