"""Serve pages to everybody: no session, no token against forged requests, in the language that is asked for."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from fanzha.command.web.nul_characters import form_has_nul

#: Of a form without a file: its longest fields, each letter of Chinese written with nine characters.
MOST_FORM_BYTES = 128 * 1024
View = Callable[..., HttpResponse]


def public_page(*, remembers: bool = True) -> Callable[[View], View]:
    """Serve a view to everybody, in the language that the address or the form names.

    `remembers`: the language is kept in a cookie; without it the page sets none.
    """
    return lambda view: _served(view, remembers)


def _served(view: View, remembers: bool) -> View:
    @csrf_exempt
    @never_cache
    @wraps(view)
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _is_too_large(request):
            return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if form_has_nul(request):
            raise BadRequest("NUL characters are not text")
        wanted = request.POST.get("language") or request.GET.get("language") or ""
        if wanted not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        with translation.override(wanted):
            request.LANGUAGE_CODE = wanted
            answer = view(request, *args, **kwargs)
        if remembers:
            _remember(answer, wanted)
        return answer

    return served


def _is_too_large(request: HttpRequest) -> bool:
    """Return whether a form without a file is larger than anybody types. One without a length has no content."""
    if request.method != "POST" or request.content_type == "multipart/form-data":
        return False  # a file has the limits of its form
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length) > MOST_FORM_BYTES


def _remember(answer: HttpResponse, language: str) -> None:
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
