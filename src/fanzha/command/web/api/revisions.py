"""Optimistic locking: the ETag of an answer starts with the revision, and `If-Match` returns it."""

import re
from hashlib import blake2b

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from fanzha.command.web.api.problems import Problem

_TAG = re.compile(r'"(\d{1,18})-[0-9a-f]{16}"')


def set_revision(request: HttpRequest, revision: int) -> None:
    """Set the revision of the object that a route returns."""
    request.revision = revision  # type: ignore[attr-defined]


def check_revision(request: HttpRequest, present: int) -> int | None:
    """Return the revision in `If-Match`, None without the header. Raise Problem if it is not the current one."""
    asked = request.headers.get("If-Match")
    if asked is None or asked.strip() == "*":
        return None
    known = {int(found[1]) for tag in parse_etags(asked) if (found := _TAG.fullmatch(tag))}
    if present not in known:
        raise Problem("changed", _("Read it again, then decide."), revision=present)
    return present


def add_etag(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Add the ETag to an answer, or return 304 if the client has the same version."""
    if request.method != "GET" or answer.status_code != 200 or answer.streaming:
        return answer
    body = blake2b(answer.content, digest_size=8).hexdigest()
    revision = getattr(request, "revision", None)
    tag = f'"{body}"' if revision is None else f'"{revision}-{body}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponseNotModified()
    answer["ETag"] = tag
    return answer
