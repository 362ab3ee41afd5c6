"""The OpenAPI file, its documentation page, and the answer for unknown paths."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from fanzha.command.web.access import signed_in
from fanzha.command.web.api.problems import Problem, problem_response
from fanzha.command.web.api.reference import DocumentedRoute, documented_routes
from fanzha.command.web.api.routers import site_api


def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI file. It is public, because clients read it before they have a key."""
    return JsonResponse(site_api().get_openapi_schema(), json_dumps_params={"ensure_ascii": False})


@signed_in
def reference(request: HttpRequest) -> HttpResponse:
    """Show all routes, grouped by app; scripts send requests with the session or a key."""
    parts: dict[str, list[DocumentedRoute]] = {}
    for route in documented_routes(site_api().get_openapi_schema()):
        parts.setdefault(route.scope.partition(":")[0], []).append(route)
    return render(request, "api/reference.html", {"parts": parts})


def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer unknown paths below /api/ with a problem."""
    return problem_response(Problem("not_found"))
