"""Addresses of the public list, in the form of Safe Browsing v5. No session, no cookie, nothing is stored.

What is asked are four bytes of hashes; neither they nor who asks is logged.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from fanzha.base.clock import to_ms
from fanzha.command.link_list.served_list import (
    MOST_PREFIXES,
    NAME,
    join_answers,
    list_metadata,
    read_base64,
    read_prefix,
    served_list,
)
from fanzha.command.web.client_address import client_address
from fanzha.command.web.request_rates import RequestRate, counter, hash_network
from fanzha.store.link_list_settings import LinkListSettings, load_link_list_settings

#: A carrier's customers share few addresses: 100,000 browsers behind one network update once a minute.
UPDATES = RequestRate("link list", 120_000, 60.0)
QUESTIONS = RequestRate("link hashes", 30_000, 60.0)
_KEY = "link-list"
_MOST_TOKEN, _MOST_NAMES = 64, 10
_JSON = "application/json"
View = Callable[..., HttpResponse]


def _public_list(view: Callable[..., bytes], rate: RequestRate | None = None) -> View:
    """Answer everybody with JSON, also programs of other sites, within the rate; 404 if nothing is published."""

    @require_safe
    @wraps(view)
    def served(request: HttpRequest, **parts: Any) -> HttpResponse:
        settings = load_link_list_settings()
        if not settings.enabled:
            raise Http404
        if counter.is_over(rate or UPDATES, hash_network(_KEY, client_address(request))):
            return _problem(429, "too many requests come from this network", retry_after="60")
        try:
            answer = HttpResponse(view(request, settings, **parts), content_type=_JSON)
        except KeyError:
            answer = _problem(404, "there is no such list")
        except ValueError as error:
            answer = _problem(400, str(error))
        return _open(answer)

    return served


@_public_list
def hash_lists(request: HttpRequest, settings: LinkListSettings) -> bytes:
    """Name the lists of this site."""
    return list_metadata()


@_public_list
def hash_list(request: HttpRequest, settings: LinkListSettings, name: str) -> bytes:
    """Return a list, or what changed in it since the version that the client names."""
    _check_name(name)
    _refuse_sizes(request)
    return served_list().list_answer(_token(request.GET.get("version", "")), settings)


@_public_list
def batch(request: HttpRequest, settings: LinkListSettings) -> bytes:
    """Return several lists at once; there is one."""
    names = request.GET.getlist("names")
    if not names or len(names) > _MOST_NAMES or len(set(names)) != len(names):
        raise ValueError("names: name each list once")
    for name in names:
        _check_name(name)
    _refuse_sizes(request)
    token = _token((request.GET.getlist("version") or [""])[0])
    return join_answers([served_list().list_answer(token, settings) for _ in names])


def _public_questions(view: Callable[..., bytes]) -> View:
    return _public_list(view, QUESTIONS)


@_public_questions
def search(request: HttpRequest, settings: LinkListSettings) -> bytes:
    """Return the whole hashes that begin with the prefixes asked for."""
    texts = request.GET.getlist("hashPrefixes")
    if not 1 <= len(texts) <= MOST_PREFIXES:
        raise ValueError(f"hashPrefixes: name 1 to {MOST_PREFIXES} prefixes")
    return served_list().search_answer([read_prefix(text) for text in texts], settings, to_ms(timezone.now()))


def _check_name(name: str) -> None:
    if name != NAME:
        raise KeyError(name)


def _token(text: str) -> bytes:
    """Return a version as the client sent it; one that cannot be read is like none."""
    try:
        return read_base64(text[:_MOST_TOKEN])
    except ValueError:
        return b""


def _refuse_sizes(request: HttpRequest) -> None:
    if any(name.startswith("sizeConstraints.") and value != "0" for name, value in request.GET.items()):
        raise ValueError("sizeConstraints: lists of this site come whole")


def _problem(status: int, message: str, retry_after: str = "") -> HttpResponse:
    answer = JsonResponse({"error": {"code": status, "message": message}}, status=status)
    if retry_after:
        answer["Retry-After"] = retry_after
    return _open(answer)


def _open(answer: HttpResponse) -> HttpResponse:
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "no-store"
    return answer
