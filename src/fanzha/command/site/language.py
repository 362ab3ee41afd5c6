"""The language of a page: what the person chose, else what the cookie or the browser says, else the site's."""

from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, and a signed-in person's choice before it."""

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language."""
        super().process_request(request)
        if chosen := request.session.get("language"):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language() or ""
