"""Collections as files: `misp/manifest.json` with one file an event, and `table.csv` in pages.

Callers are known by an API key as for TAXII; in MISP it is the header `Authorization` of the feed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from fanzha.command.exchange.file_feeds import FeedPart, build_event, build_manifest, build_table
from fanzha.command.exchange.selectors import CollectionAccess
from fanzha.command.exchange.share_settings import load_exchange_settings
from fanzha.command.exchange.taxii import TaxiiError, read_limit, read_next, write_next
from fanzha.command.exchange.taxii_views import authenticate_program, count_given, find_access, leave_abroad
from fanzha.command.web.api.callers import Caller

View = Callable[..., HttpResponse]


def file_endpoint(view: View) -> View:
    """Return a view that takes a caller and its access to a collection: key, scope, rate and access are checked."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, taxii_id: UUID, **values: Any) -> HttpResponse:
        try:
            if request.method != "GET":
                raise TaxiiError(405, "Method Not Allowed")
            caller = authenticate_program(request)
            response = view(request, caller, find_access(caller, taxii_id), **values)
        except TaxiiError as error:
            response = JsonResponse({"title": error.title, "description": error.description}, status=error.status)
            if error.status == 401:
                response["WWW-Authenticate"] = 'Basic realm="fanzha", charset="UTF-8"'
            if error.status == 405:
                response["Allow"] = "GET"
        response["Cache-Control"] = "no-store"
        return response

    return answer


@file_endpoint
def misp_manifest(request: HttpRequest, caller: Caller, access: CollectionAccess) -> HttpResponse:
    """Return the manifest of a collection: its events, and when each last changed."""
    body = build_manifest(access, timezone.now())
    return leave_abroad(access, "misp manifest", [], HttpResponse(body, content_type="application/json"), is_bare=True)


@file_endpoint
def misp_event(request: HttpRequest, caller: Caller, access: CollectionAccess, event_id: UUID) -> HttpResponse:
    """Return one event."""
    part = build_event(access, str(event_id))
    if part is None:
        raise TaxiiError(404, "Not Found", "The collection has no such event")
    return _hand_out(caller, access, "misp event", part, HttpResponse(part.body, content_type="application/json"))


@file_endpoint
def csv_table(request: HttpRequest, caller: Caller, access: CollectionAccess) -> HttpResponse:
    """Return a page of the table; the header `Link` leads to the next one."""
    after = read_next(request.GET["next"]) if "next" in request.GET else 0
    limit = read_limit(request, load_exchange_settings().page_objects)
    part = build_table(access, after, limit)
    response = HttpResponse(part.body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="table.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    if part.next_row:
        path = reverse("exchange_table", args=[access.collection.taxii_id])
        url = request.build_absolute_uri(f"{path}?limit={limit}&next={write_next(part.next_row)}")
        response["Link"] = f'<{url}>; rel="next"'
    return _hand_out(caller, access, "csv", part, response)


def _hand_out(
    caller: Caller, access: CollectionAccess, road: str, part: FeedPart, response: HttpResponse
) -> HttpResponse:
    if part.rows:
        count_given(access, caller.viewer.organization, len(part.rows), timezone.now())
    return leave_abroad(access, road, [(row,) for row in part.rows], response)
