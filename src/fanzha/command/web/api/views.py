"""The OpenAPI file, a page that shows it, and the answer where there is no route."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from fanzha.command.web.access import signed_in
from fanzha.command.web.api.problems import Problem, problem_response
from fanzha.command.web.api.routers import site_api


class DocumentedRoute(NamedTuple):
    """One route as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[dict[str, Any]]


def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI file: it tells of routes, of nobody's data, and programs read it before they have a key."""
    return JsonResponse(site_api().get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@signed_in
def reference(request: HttpRequest) -> HttpResponse:
    """Show all routes by their part of the site."""
    parts: dict[str, list[DocumentedRoute]] = {}
    for route in _routes(site_api().get_openapi_schema()):
        parts.setdefault(route.scope.partition(":")[0], []).append(route)
    return render(request, "api/reference.html", {"parts": parts})


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for addresses below /api/ that are none."""
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
