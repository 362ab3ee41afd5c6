"""A public page speaks the language that is asked for, and sets a cookie only where it says so."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from fanzha.command.web.public_page import public_page


def speak(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_language() or "")


@pytest.mark.parametrize("remembers", [True, False])
def test_the_language_of_the_address_is_spoken(remembers: bool) -> None:
    answer = public_page(remembers=remembers)(speak)(RequestFactory().get("/?language=zh-hans"))
    assert answer.content == b"zh-hans"
    assert (settings.LANGUAGE_COOKIE_NAME in answer.cookies) is remembers
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_unknown_language_changes_nothing() -> None:
    answer = public_page()(speak)(RequestFactory().get("/?language=tlh"))
    assert answer.content == (get_language() or "").encode() and not answer.cookies
