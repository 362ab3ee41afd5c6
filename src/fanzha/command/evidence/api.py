"""API routes of the log: entries, verification, anchors and evidence packs."""

from typing import Annotated

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fanzha.base.errors import NothingUsable
from fanzha.command.audit.selectors import log_anchors, log_entries, log_state
from fanzha.command.audit.services import request_check
from fanzha.command.evidence.pack_builder import NeedsSecondPerson, PackRequest, make_pack
from fanzha.command.evidence.permissions import READERS, SHOWN_PERSONAL
from fanzha.command.evidence.schemas import AnchorOut, EntryOut, PackIn, StateOut
from fanzha.command.evidence.selectors import LogFilter, filter_entries
from fanzha.command.evidence.views import zip_response
from fanzha.command.exports.schemas import ExportOut
from fanzha.command.exports.services import UnmaskingRefused, request_pack
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.api import Moment, Page, Paging, Problem, for_roles, not_repeatable, paginate
from fanzha.command.web.i18n import localize
from fanzha.command.web.reauthentication import AN_HOUR, require_confirmed

ROUTER = Router(tags=["evidence log"])

PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/state", response=StateOut, operation_id="fanzha_command_evidence_api_read_state")
@for_roles(*READERS)
def read_state(request: ApiRequest) -> StateOut:
    """Return the state of the log: the last check, anchors and their copies, and alarms."""
    return StateOut.of(log_state())


@ROUTER.get("/entries", response=Page[EntryOut], operation_id="fanzha_command_evidence_api_list_entries")
@for_roles(*READERS)
def list_entries(
    request: ApiRequest,
    paging: PagingQuery,
    case: str = "",
    person: str = "",
    kind: str = "",
    since: Moment | None = None,
    until: Moment | None = None,
) -> dict[str, object]:
    """List entries that the caller may read, the latest first."""
    rows = filter_entries(log_entries(), LogFilter(case, person, kind, since, until))
    page = paginate(rows, paging)
    return page | {"items": [EntryOut.of(entry) for entry in page["items"]]}


@ROUTER.get("/entries/{int:place}", response=EntryOut, operation_id="fanzha_command_evidence_api_read_entry")
@for_roles(*READERS)
def read_entry(request: ApiRequest, place: int) -> EntryOut:
    """Return one entry."""
    return EntryOut.of(get_object_or_404(log_entries(), pk=place))


@ROUTER.get("/anchors", response=Page[AnchorOut], operation_id="fanzha_command_evidence_api_list_anchors")
@for_roles(*READERS)
def list_anchors(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List anchors, the latest first. Keep their lines elsewhere to detect a log that was rewritten."""
    return paginate(log_anchors(), paging)


@ROUTER.post("/checks", response={202: None}, operation_id="fanzha_command_evidence_api_check")
@for_roles(*READERS)
def check(request: ApiRequest) -> Status[None]:
    """Start a verification of the whole log; `state` shows the result."""
    request_check()
    return Status(202, None)


@ROUTER.post(
    "/packs",
    response={202: ExportOut},
    openapi_extra={"responses": {200: {"content": {"application/zip": {}}, "description": "zip"}}},
    operation_id="fanzha_command_evidence_api_make",
)
@for_roles(*READERS)
@not_repeatable
def make(request: ApiRequest, body: PackIn) -> HttpResponse | Status[ExportOut]:
    """Return an evidence pack of a case as a zip.

    A pack with many personal values, or of a whole campaign, becomes an export that a second person has to approve.
    """
    if body.personal and not request.viewer.has(*SHOWN_PERSONAL):
        raise Problem("forbidden")
    if body.personal:
        require_confirmed(request, AN_HOUR)
    actor = to_actor(request.viewer)
    try:
        pack_request = PackRequest(body.ref, body.purpose, actor.person, actor.organization, body.personal)
        pack = make_pack(pack_request, request.viewer).zip
    except NothingUsable:
        raise Problem("not_found") from None
    except NeedsSecondPerson as more:
        return Status(202, ExportOut.of(request_pack(request.viewer, body.ref, body.purpose, more.values)))
    except UnmaskingRefused as refused:
        raise Problem("forbidden" if refused.forbidden else "invalid", localize(refused.words)) from None
    return zip_response(body.ref, pack)
