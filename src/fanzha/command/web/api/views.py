"""The OpenAPI file, a page that shows it, and the answer where there is no route."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from fanzha.command.web.access import signed_in
from fanzha.command.web.api.mounting import mounted
from fanzha.command.web.api.problems import Problem, problem_response


class Route(NamedTuple):
    """One route as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    scope: str
    parameters: list[dict[str, Any]]


def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI file: it tells of routes, of nobody's data, and programs read it before they have a key."""
    return JsonResponse(mounted().get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@signed_in
def reference(request: HttpRequest) -> HttpResponse:
    """Show all routes by their part of the site."""
    parts: dict[str, list[Route]] = {}
    for route in _routes(mounted().get_openapi_schema()):
        parts.setdefault(route.scope.partition(":")[0], []).append(route)
    return render(request, "api/reference.html", {"parts": parts})


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for addresses below /api/ that are none."""
    return problem_response(Problem("not_found"))


def _routes(document: dict[str, Any]) -> Iterator[Route]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            yield Route(
                method=method.upper(),
                path=path,
                summary=told.get("summary", ""),
                description=told.get("description", ""),
                scope=told["x-scope"],
                parameters=told.get("parameters", []),
            )
