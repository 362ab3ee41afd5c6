"""API routes of looks at pages."""

from base64 import b64encode
from typing import Annotated

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fanzha.command.captures.evidence_disclosure import NO_EVIDENCE, disclose_pack, disclose_screenshots
from fanzha.command.captures.models import CaptureSource
from fanzha.command.captures.schemas import HandOnIn, LookFileOut, LookIn, LookOut, LookPurposeIn
from fanzha.command.captures.selectors import LOOKERS, OWNERS, READERS, find_captures, load_evidence
from fanzha.command.captures.services import open_site_process, request_look
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.web.api import Page, Paging, for_roles, not_repeatable, paginate
from fanzha.processes.refusal import Reason, Refusal

ROUTER = Router(tags=["captures"])
_ZIP = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/", response=Page[LookOut], operation_id="fanzha_command_captures_api_list_looks")
@for_roles(*READERS, kinds=OWNERS)
def list_looks(request: ApiRequest, paging: PagingQuery, state: str = "", host: str = "") -> dict[str, object]:
    """List the looks that the caller's organisation asked for: all, those in one state, or those at one host."""
    page = paginate(find_captures(state, host), paging)
    return page | {"items": [LookOut.of(capture) for capture in page["items"]]}


@ROUTER.post("/", response={201: LookOut}, operation_id="fanzha_command_captures_api_request_look")
@for_roles(*LOOKERS, kinds=OWNERS)
def ask_for_look(request: ApiRequest, body: LookIn) -> Status[LookOut]:
    """Ask for a look at a page; the fetcher makes it. A look at the same page that still waits is returned."""
    actor = get_actor_ref(request.viewer, request.organization.ref)
    capture = request_look(request.organization, body.url, CaptureSource.DESK, asked_by=actor, about=body.about)
    return Status(201, LookOut.of(capture))


@ROUTER.get("/{ref}", response=LookOut, operation_id="fanzha_command_captures_api_read_look")
@for_roles(*READERS, kinds=OWNERS)
def read_look(request: ApiRequest, ref: str) -> LookOut:
    """Return one look."""
    return LookOut.of(get_object_or_404(find_captures(), ref=ref))


@ROUTER.post("/{ref}/hand-on", response=LookOut, operation_id="fanzha_command_captures_api_hand_look_on")
@for_roles(*LOOKERS, kinds=OWNERS)
def hand_look_on(request: ApiRequest, ref: str, body: HandOnIn) -> LookOut:
    """Open the process of a phishing site for a page that was seen, with its evidence; the answer names it."""
    capture = get_object_or_404(find_captures(), ref=ref)
    open_site_process(request.viewer, capture, victims=body.victims)
    return LookOut.of(get_object_or_404(find_captures(), ref=ref))


@ROUTER.post(
    "/{ref}/screenshots", response=list[LookFileOut], operation_id="fanzha_command_captures_api_disclose_screenshots"
)
@not_repeatable
@for_roles(*READERS, kinds=OWNERS)
def read_screenshots(request: ApiRequest, ref: str, body: LookPurposeIn) -> list[LookFileOut]:
    """Return what each visitor saw, for a purpose on record: pages may show data of victims."""
    capture = get_object_or_404(find_captures(), ref=ref)
    record = load_evidence(capture)
    if record is None:
        raise Refusal(Reason.STATE, NO_EVIDENCE)
    pictures = disclose_screenshots(request.viewer, capture, record, body.purpose)
    return [LookFileOut(name=f"{name}.png", data=b64encode(data).decode()) for name, data in pictures.items()]


@ROUTER.post(
    "/{ref}/evidence",
    openapi_extra={"responses": {200: {"content": _ZIP, "description": "the evidence"}}},
    operation_id="fanzha_command_captures_api_disclose_evidence",
)
@not_repeatable
@for_roles(*READERS, kinds=OWNERS)
def read_evidence(request: ApiRequest, ref: str, body: LookPurposeIn) -> FileResponse:
    """Return the evidence of a look as a zip file, for a purpose on record."""
    capture = get_object_or_404(find_captures(), ref=ref)
    pack = disclose_pack(request.viewer, capture, body.purpose)
    return FileResponse(pack, as_attachment=True, filename=f"look-{capture.ref}.zip", content_type="application/zip")
