"""API routes of samples; they use the same services as the pages."""

from typing import Annotated

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.reviews.models import ReviewSample
from fanzha.command.reviews.schemas import (
    MarksIn,
    PlaceIn,
    PrecisionOut,
    SampleDetailOut,
    SampleIn,
    SampleItemOut,
    SampleOut,
)
from fanzha.command.reviews.selectors import (
    detector_precisions,
    find_samples,
    golden_agreements,
    list_open_items,
    precision_by_band,
    sample_progress,
    summarize_sample,
)
from fanzha.command.reviews.services import (
    DRAWERS,
    draw_sample,
    mark_items,
    pack_folder,
    release_place,
    write_marker_sheet,
)
from fanzha.command.web.api import Page, Paging, for_roles, paginate
from fanzha.command.web.roles import DECIDERS

ROUTER = Router(tags=["reviews"])
PagingQuery = Annotated[Paging, Query()]
_CSV: dict[str, object] = {"text/csv": {}}
_ZIP: dict[str, object] = {"application/zip": {}}


@ROUTER.get("/samples", response=Page[SampleOut], operation_id="fanzha_command_reviews_api_list_samples")
@for_roles(*DECIDERS)
def list_samples(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the samples of the caller's organisation, the latest first."""
    page = paginate(find_samples(), paging)
    return page | {"items": [SampleOut.of(sample) for sample in page["items"]]}


@ROUTER.post("/samples", response=SampleDetailOut, operation_id="fanzha_command_reviews_api_draw_sample")
@for_roles(*DRAWERS)
def draw(request: ApiRequest, body: SampleIn) -> SampleDetailOut:
    """Draw a sample; the site makes the seed and records it. Only for people, not for keys."""
    return _detail(draw_sample(body.to_request(), request.viewer))


@ROUTER.get("/precision", response=list[PrecisionOut], operation_id="fanzha_command_reviews_api_list_precision")
@for_roles(*DECIDERS)
def list_precision(request: ApiRequest) -> list[PrecisionOut]:
    """Return the precision of each detector from the settled samples of one year."""
    return [PrecisionOut.of(figure) for figure in detector_precisions(request.viewer)]


@ROUTER.get("/samples/{ref}", response=SampleDetailOut, operation_id="fanzha_command_reviews_api_read_sample")
@for_roles(*DECIDERS)
def read_sample(request: ApiRequest, ref: str) -> SampleDetailOut:
    """Return one sample, with its figures once both markers are done."""
    return _detail(_find(ref))


@ROUTER.get(
    "/samples/{ref}/items", response=list[SampleItemOut], operation_id="fanzha_command_reviews_api_list_sample_items"
)
@for_roles(*DECIDERS)
def list_items(request: ApiRequest, ref: str) -> list[SampleItemOut]:
    """List the items that the caller still marks, in his order; none if he has no place."""
    return [SampleItemOut.of(row) for row in list_open_items(_find(ref), request.viewer)]


@ROUTER.post("/samples/{ref}/marks", response=SampleDetailOut, operation_id="fanzha_command_reviews_api_mark_sample")
@for_roles(*DECIDERS)
def mark(request: ApiRequest, ref: str, body: MarksIn) -> SampleDetailOut:
    """Mark items; the first mark takes a place. Only for people, not for keys."""
    mark_items(_find(ref), {row.item: row.mark for row in body.marks}, request.viewer)
    return _detail(_find(ref))


@ROUTER.post(
    "/samples/{ref}/release",
    response=SampleDetailOut,
    operation_id="fanzha_command_reviews_api_release_sample_place",
)
@for_roles(*DECIDERS)
def release(request: ApiRequest, ref: str, body: PlaceIn) -> SampleDetailOut:
    """Release a place whose marks are not complete; its marks are deleted. Only for people, not for keys."""
    release_place(_find(ref), body.place, request.viewer)
    return _detail(_find(ref))


@ROUTER.post(
    "/samples/{ref}/sheet",
    openapi_extra={"responses": {200: {"content": _CSV, "description": "the sheet"}}},
    operation_id="fanzha_command_reviews_api_fetch_sheet",
)
@for_roles(*DECIDERS)
def fetch_sheet(request: ApiRequest, ref: str) -> HttpResponse:
    """Return the caller's sheet as `fanzha sample` writes it. Only for people, not for keys."""
    return HttpResponse(write_marker_sheet(_find(ref), request.viewer), content_type="text/csv")


@ROUTER.post(
    "/samples/{ref}/folder",
    openapi_extra={"responses": {200: {"content": _ZIP, "description": "the folder"}}},
    operation_id="fanzha_command_reviews_api_fetch_folder",
)
@for_roles(*DRAWERS)
def fetch_folder(request: ApiRequest, ref: str) -> HttpResponse:
    """Return a settled sample as a ZIP file of the folder that `fanzha sample report` reads."""
    return HttpResponse(pack_folder(_find(ref)), content_type="application/zip")


def _find(ref: str) -> ReviewSample:
    return get_object_or_404(find_samples(), ref=ref)


def _detail(sample: ReviewSample) -> SampleDetailOut:
    result = summarize_sample(sample)
    figures = precision_by_band(result) if result and result.share else []
    return SampleDetailOut.build(sample, sample_progress(sample), result, figures, golden_agreements(sample))
