"""Addresses for the tests of the API: a few routes as an app's `api.py` would have them, behind the real door."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path, re_path
from ninja import Query, Router, Schema
from pydantic import Field

from fanzha.base.words import Words
from fanzha.command.organizations.models import Organization
from fanzha.command.processes.models import ListEntry, ProcessInstance
from fanzha.command.web.api import views
from fanzha.command.web.api.bulk import BulkAnswer, LineResult, bulk_answer, ndjson_of, read_lines
from fanzha.command.web.api.not_repeatable import not_repeatable
from fanzha.command.web.api.paging import Page, Paging, paginate
from fanzha.command.web.api.problems import Problem
from fanzha.command.web.api.revisions import check_revision, set_revision
from fanzha.command.web.api.routers import build_api
from fanzha.command.web.scoping import current_viewer
from fanzha.processes.refusal import Reason, Refusal

ROUTER = Router(tags=["flows"])


class OrganizationOut(Schema):
    """An organisation."""

    ref: str
    name_en: str


class Said(Schema):
    """A line of a bulk request."""

    name: str = Field(max_length=20)
    times: int = Field(default=1, ge=1, le=5)


@ROUTER.get("/whoami")
def whoami(request: HttpRequest) -> dict[str, Any]:
    viewer = current_viewer()
    assert viewer is not None
    return {"organization": viewer.organization, "rows": ProcessInstance.objects.count()}


@ROUTER.get("/organizations", response=Page[OrganizationOut])
def organizations(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    return paginate(Organization.objects.all(), paging, newest_first=False)


@ROUTER.get("/organizations/{ref}", response=OrganizationOut)
def organization(request: HttpRequest, ref: str) -> Organization:
    set_revision(request, 7)
    return get_object_or_404(Organization, ref=ref)


@ROUTER.post("/organizations/{ref}", response=OrganizationOut)
def rename(request: HttpRequest, ref: str, said: Said) -> Organization:
    found = get_object_or_404(Organization, ref=ref)
    check_revision(request, 7)
    found.name_en += said.name * said.times
    found.save()
    if said.name == "too late":
        raise Refusal(Reason.STATE, Words("太晚了", "it is too late"))
    return found


@ROUTER.post("/secret")
@not_repeatable
def secret(request: HttpRequest) -> dict[str, str]:
    return {"secret": "told this once"}


@ROUTER.post("/bulk", response=BulkAnswer, openapi_extra=ndjson_of(Said))
def bulk(request: HttpRequest) -> BulkAnswer:
    lines = read_lines(request, Said, most=5)
    return bulk_answer(
        [*lines.wrong, *(LineResult(line=number, used=True, ref=one.name) for number, one in lines.valid)]
    )


@ROUTER.get("/wrong/{what}")
def wrong(request: HttpRequest, what: str) -> None:
    match what:
        case "refused":
            raise Refusal(Reason.EVIDENCE, Words("证据有误", "evidence"), fields={"file": Words("必填", "required")})
        case "conflict":
            raise Problem("conflict", "somebody was first")
        case "broken":
            raise ZeroDivisionError
    get_object_or_404(ListEntry, pk=int(what))


urlpatterns = [
    path("processes/<slug:ref>/", views.nowhere, name="process"),
    path("api/v1/openapi.json", views.openapi, name="openapi"),
    path("api/v1/", build_api({"flows": ROUTER}).urls),
    re_path(r"^api/(?P<rest>.*)$", views.nowhere, name="api_nowhere"),
]
