"""Wrap every route: authenticate and authorise the caller, apply the rate limit and scope all queries."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from fanzha.base.nul_characters import in_json
from fanzha.command.web.api.callers import Caller, caller_of
from fanzha.command.web.api.idempotency import answer_once
from fanzha.command.web.api.not_repeatable import is_not_repeatable
from fanzha.command.web.api.problem_handlers import problem_of
from fanzha.command.web.api.problems import Problem, problem_response
from fanzha.command.web.api.rate_limit import RateLimit
from fanzha.command.web.api.revisions import add_etag
from fanzha.command.web.api.roles import RouteRoles, require_role, route_roles
from fanzha.command.web.api.scopes import READING, require_scope, scope_of
from fanzha.command.web.scoping import scoped_to

Run = Callable[..., HttpResponse]
LIMIT = RateLimit()


def guard_route(app: str) -> Callable[[Run], Run]:
    """Return the wrapper of an app's routes."""

    def before(run: Run) -> Run:
        who, kept = route_roles(run), not is_not_repeatable(run)

        @wraps(run)
        def answer(request: HttpRequest, **values: Any) -> HttpResponse:
            try:
                caller = _authorize(request, app, who)
                with scoped_to(caller.viewer):
                    made = _answered(request, caller, kept, lambda: run(request, **values))
            except Problem as problem:
                made = problem_response(problem_of(problem))
            made.setdefault("Cache-Control", "no-store")
            return made

        return answer

    return before


def _authorize(request: HttpRequest, app: str, who: RouteRoles) -> Caller:
    caller = caller_of(request)
    if "json" in (request.content_type or "") and in_json(request.body):
        raise Problem("malformed", _("NUL characters (\\u0000) are not text; leave them out."))
    LIMIT.take(caller.name, caller.per_minute)
    require_scope(caller.viewer, scope_of(app, request.method or "GET"))
    require_role(caller.viewer, who)
    request.viewer, request.organization = caller.viewer, caller.organization  # type: ignore[attr-defined]
    request.caller = caller.name  # type: ignore[attr-defined]
    return caller


def _answered(request: HttpRequest, caller: Caller, kept: bool, run: Callable[[], HttpResponse]) -> HttpResponse:
    key = request.headers.get("Idempotency-Key")
    if key is not None and request.method not in READING:
        if not kept:
            raise Problem("malformed", _("Answers of this route are never stored. Leave out Idempotency-Key."))
        return answer_once(request, caller.name, key, run)
    return add_etag(request, run())
