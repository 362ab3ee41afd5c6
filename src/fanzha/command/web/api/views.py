"""The OpenAPI file, its documentation page, and the answer for unknown paths."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from fanzha.command.web.access import signed_in
from fanzha.command.web.api.problems import Problem, problem_response
from fanzha.command.web.api.routers import site_api


class DocumentedRoute(NamedTuple):
    """One route on the documentation page."""

    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[dict[str, Any]]


def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI file. It is public, because clients read it before they have a key."""
    return JsonResponse(site_api().get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@signed_in
def reference(request: HttpRequest) -> HttpResponse:
    """Show all routes, grouped by tag."""
    parts: dict[str, list[DocumentedRoute]] = {}
    for route in _routes(site_api().get_openapi_schema()):
        parts.setdefault(route.scope.partition(":")[0], []).append(route)
    return render(request, "api/reference.html", {"parts": parts})


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer unknown paths below /api/ with a problem."""
    return problem_response(Problem("not_found"))


def _routes(document: dict[str, Any]) -> Iterator[DocumentedRoute]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield DocumentedRoute(
                method=method.upper(),
                path=path,
                summary=told.get("summary", ""),
                description=told.get("description", ""),
                scope=told["x-scope"],
                parameters=told.get("parameters", []),
            )
