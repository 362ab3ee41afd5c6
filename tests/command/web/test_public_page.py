"""A public page speaks the language that is asked for, and sets a cookie only where it says so."""

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from fanzha.command.web.public_page import MOST_FORM_BYTES, public_page


def speak(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(get_language() or "")


@pytest.mark.parametrize("remembers", [True, False])
def test_the_language_of_the_address_is_spoken(remembers: bool) -> None:
    answer = public_page(remembers=remembers)(speak)(RequestFactory().get("/?language=zh-hans"))
    assert answer.content == b"zh-hans"
    assert (settings.LANGUAGE_COOKIE_NAME in answer.cookies) is remembers
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(BadRequest):
        public_page()(speak)(RequestFactory().post("/", {"text": "a\0b"}))


def test_an_unknown_language_changes_nothing() -> None:
    answer = public_page()(speak)(RequestFactory().get("/?language=tlh"))
    assert answer.content == (get_language() or "").encode() and not answer.cookies


@pytest.mark.parametrize(("length", "status"), [(MOST_FORM_BYTES - 10, 200), (MOST_FORM_BYTES + 10, 413)])
def test_a_form_that_nobody_types_is_refused(length: int, status: int) -> None:
    form = "application/x-www-form-urlencoded"
    answer = public_page()(speak)(RequestFactory().post("/", b"text=" + b"x" * (length - 5), content_type=form))
    assert answer.status_code == status
