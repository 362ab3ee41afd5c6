"""Convert exceptions to problems: refusals, invalid input, missing rows and unexpected errors."""

import logging
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from fanzha.base.errors import FanzhaError, Malformed
from fanzha.base.words import Words
from fanzha.command.web.api.problem_words import translate_error
from fanzha.command.web.api.problems import Problem, kind_of, problem_response
from fanzha.command.web.unavailable import RETRY_AFTER_SECONDS, is_unavailable
from fanzha.processes.refusal import Reason, Refusal

log = logging.getLogger(__name__)

#: Reasons that concern the caller or the input. All others are conflicts (409).
_REFUSALS = {
    Reason.UNKNOWN: "not_found",
    Reason.ROLE: "forbidden",
    Reason.OWN_CASE: "forbidden",
    Reason.SAME_PERSON: "forbidden",
    Reason.SAME_UNIT: "forbidden",
    Reason.EVIDENCE: "invalid",
    Reason.RECEIVER: "invalid",
}


def problem_of(error: Exception) -> Problem:
    """Return the problem of an exception."""
    match error:
        case Problem():
            return error
        case Refusal():
            errors = [
                {"pointer": f"/evidence/{name}", "detail": problem_text(words)} for name, words in error.fields.items()
            ]
            more: dict[str, Any] = {"reason": error.reason.value} | ({"errors": errors} if errors else {})
            return Problem(_REFUSALS.get(error.reason, "conflict"), problem_text(error.words), **more)
        case ValidationError():
            return Problem("invalid", _("Some values are not valid."), errors=list(_errors(error.errors)))
        case FanzhaError() | Malformed():
            return Problem("invalid", str(error))
        case Http404():
            return Problem("not_found")
        case PermissionDenied():
            return Problem("forbidden", str(error))
        case RequestDataTooBig():
            return Problem("too_large")
        case HttpError():
            return Problem(kind_of(error.status_code))
    if is_unavailable(error):
        return Problem("unavailable", retry_after=RETRY_AFTER_SECONDS)
    return Problem("server_error")


def problem_text(words: Words) -> str:
    """Return a text in the caller's language."""
    return words.zh if (get_language() or "").startswith("zh") else words.en


def handle_exceptions(api: NinjaAPI) -> None:
    """Register handlers that answer exceptions of routes with problems."""
    api.add_exception_handler(Exception, _unforeseen)
    kinds: Iterable[type[Exception]] = (
        Problem, FanzhaError, Malformed, ValidationError, Http404, PermissionDenied, RequestDataTooBig, HttpError,
    )  # fmt: skip
    for kind in kinds:
        api.add_exception_handler(kind, _foreseen)


def _foreseen(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(problem_of(error))


def _unforeseen(request: HttpRequest, error: Any) -> HttpResponse:
    """Log an unexpected error without showing details to the caller."""
    if is_unavailable(error):
        log.warning("%s %s: the database is unavailable: %s", request.method, request.path, error)
        return problem_response(problem_of(error))
    log.exception("%s %s failed", request.method, request.path)
    got_request_exception.send(sender=handle_exceptions, request=request)
    return problem_response(Problem("server_error"))


def _errors(found: list[dict[str, Any]]) -> Iterable[dict[str, str]]:
    for one in found:
        place = [str(part) for part in one.get("loc", ())]
        yield {"pointer": "/" + "/".join(place), "detail": translate_error(one)}
