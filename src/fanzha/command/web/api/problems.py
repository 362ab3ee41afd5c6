"""Problem documents (RFC 9457, application/problem+json) in the caller's language."""

import json
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONTENT_TYPE = "application/problem+json"
TYPE = "urn:fanzha:problem:"


class ProblemType(NamedTuple):
    """Status and title of a kind of problem."""

    status: int
    title: Promise


KINDS = {
    "malformed": ProblemType(400, _("The request cannot be read")),
    "unauthenticated": ProblemType(401, _("You are not signed in")),
    "forbidden": ProblemType(403, _("This is not allowed")),
    "not_found": ProblemType(404, _("Not found, or you do not have access")),
    "method": ProblemType(405, _("This address does not support that method")),
    "conflict": ProblemType(409, _("This is not possible now")),
    "changed": ProblemType(412, _("This has changed since you read it")),
    "too_large": ProblemType(413, _("The request is too large")),
    "media_type": ProblemType(415, _("The content type is not supported")),
    "invalid": ProblemType(422, _("What was sent is not valid")),
    "key_reused": ProblemType(422, _("This idempotency key has been used for another request")),
    "too_many": ProblemType(429, _("Too many requests")),
    "server_error": ProblemType(500, _("Something went wrong on our side")),
    "unavailable": ProblemType(503, _("The service is not available now")),
}


class Problem(Exception):
    """An error of a route: a kind of KINDS, a text in the caller's language, and further members (RFC 9457 §3.2).

    Pass field errors as `errors`: a list of `{"pointer": "/limit", "detail": "…"}`.
    """

    def __init__(self, kind: str, detail: "str | Promise" = "", **more: Any) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.more = more


def problem_response(problem: Problem) -> HttpResponse:
    """Return the response of a problem."""
    kind = KINDS[problem.kind]
    told = {"type": TYPE + problem.kind, "title": str(kind.title), "status": kind.status}
    if problem.detail:
        told["detail"] = str(problem.detail)
    body = json.dumps(told | problem.more, ensure_ascii=False, cls=DjangoJSONEncoder)
    answer = HttpResponse(body, status=kind.status, content_type=CONTENT_TYPE)
    if kind.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="fanzha"'
    if (wait := problem.more.get("retry_after")) is not None:
        answer["Retry-After"] = str(wait)
    return answer


def kind_of(status: int) -> str:
    """Return the kind of problem of a status code."""
    found = next((name for name, kind in KINDS.items() if kind.status == status), None)
    return found or ("server_error" if status >= 500 else "malformed")
