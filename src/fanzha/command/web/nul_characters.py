"""Refuse NUL characters in requests, because PostgreSQL cannot store them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class NulCharactersMiddleware:
    """Refuse requests with NUL in path, query or form (400). Place it after the middleware that reads forms."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_given: Any) -> None:
        """Check the form before the view runs. CSRF-exempt views read it themselves; public pages check it."""
        is_form = request.method == "POST" and not getattr(view, "csrf_exempt", False)
        if b"\0" in unquote_to_bytes(request.get_full_path()) or (is_form and form_has_nul(request)):
            raise BadRequest("NUL characters are not text")


def form_has_nul(request: HttpRequest) -> bool:
    """Return whether a value of the form of a request has a NUL character."""
    return any("\0" in value for _name, values in request.POST.lists() for value in values)
