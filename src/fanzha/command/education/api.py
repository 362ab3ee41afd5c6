"""API routes of education: write, submit and approve what the public is taught."""

from __future__ import annotations

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.command.education.education_settings import OWNERS
from fanzha.command.education.paper_figures import count_figures
from fanzha.command.education.paper_text import draft_paper
from fanzha.command.education.schemas import (
    EducationItemIn,
    EducationVersionOut,
    ItemCountOut,
    PaperIn,
    SetCheckIn,
    TextIn,
)
from fanzha.command.education.selectors import APPROVERS, EDITORS, READERS, find_items, latest_versions
from fanzha.command.education.services import (
    approve_shipped,
    create_item,
    save_version,
    start_version,
    submit_shipped,
    submit_version,
)
from fanzha.command.education.topics import is_period
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate

ROUTER = Router(tags=["education"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/items", response=Page[EducationVersionOut], operation_id="fanzha_command_education_api_list_items")
@for_roles(*READERS, kinds=OWNERS)
def list_items(request: ApiRequest, paging: PagingQuery, kind: str = "") -> dict[str, object]:
    """List the items of the caller's organisation, each with its latest version."""
    page = paginate(find_items(kind), paging)
    latest = latest_versions(page["items"])
    return page | {"items": [EducationVersionOut.of(item, latest[item.pk]) for item in page["items"]]}


@ROUTER.post("/items", response={201: EducationVersionOut}, operation_id="fanzha_command_education_api_create_item")
@for_roles(*EDITORS, kinds=OWNERS)
def create(request: ApiRequest, body: EducationItemIn) -> Status[EducationVersionOut]:
    """Write the first version of an item."""
    version = create_item(request.organization, body.to_draft(body.kind, body.slug), timezone.now())
    return Status(201, EducationVersionOut.of(version.item, version))


@ROUTER.get("/items/{ref}", response=EducationVersionOut, operation_id="fanzha_command_education_api_read_item")
@for_roles(*READERS, kinds=OWNERS)
def read_item(request: ApiRequest, ref: str) -> EducationVersionOut:
    """Return an item with its latest version."""
    item = get_object_or_404(find_items(), ref=ref)
    return EducationVersionOut.of(item, latest_versions([item])[item.pk])


@ROUTER.put("/items/{ref}/text", response=EducationVersionOut, operation_id="fanzha_command_education_api_save_text")
@for_roles(*EDITORS, kinds=OWNERS)
def save_text(request: ApiRequest, ref: str, body: TextIn) -> EducationVersionOut:
    """Save the texts of the version that is being written; a submitted one begins the next version."""
    item = get_object_or_404(find_items(), ref=ref)
    version = save_version(start_version(item, timezone.now()), body.to_draft(item.kind))
    return EducationVersionOut.of(version.item, version)


@ROUTER.post("/items/{ref}/submit", response=EducationVersionOut, operation_id="fanzha_command_education_api_submit")
@for_roles(*EDITORS, kinds=OWNERS)
def submit(request: ApiRequest, ref: str) -> EducationVersionOut:
    """Submit the version that is being written for the check by another person."""
    item = get_object_or_404(find_items(), ref=ref)
    submit_version(latest_versions([item])[item.pk], to_actor(request.viewer), timezone.now())
    return EducationVersionOut.of(item, latest_versions([item])[item.pk])


@ROUTER.post("/papers", response={201: EducationVersionOut}, operation_id="fanzha_command_education_api_draft_paper")
@for_roles(*EDITORS, kinds=OWNERS)
def draft_white_paper(request: ApiRequest, body: PaperIn) -> Status[EducationVersionOut]:
    """Draft a white paper from the reports of a period; people edit and approve it."""
    if not is_period(body.begins, body.ends):
        raise Problem("invalid", _("The period ends after it begins, and lasts two years at most."))
    now = timezone.now()
    version = create_item(request.organization, draft_paper(count_figures(body.begins, body.ends, now)), now)
    return Status(201, EducationVersionOut.of(version.item, version))


@ROUTER.post("/set/submit", response=ItemCountOut, operation_id="fanzha_command_education_api_submit_set")
@for_roles(*EDITORS, kinds=OWNERS)
def submit_set(request: ApiRequest) -> ItemCountOut:
    """Take over the shipped items that are missing, and submit them."""
    return ItemCountOut(count=len(submit_shipped(request.organization, to_actor(request.viewer), timezone.now())))


@ROUTER.post("/set/approve", response=ItemCountOut, operation_id="fanzha_command_education_api_approve_set")
@for_roles(*APPROVERS, kinds=OWNERS)
def approve_set(request: ApiRequest, body: SetCheckIn) -> ItemCountOut:
    """Approve and publish the submitted shipped items, as another person than who submitted them."""
    actor = to_actor(request.viewer)
    return ItemCountOut(count=approve_shipped(request.organization, actor, body.checked, timezone.now()))
