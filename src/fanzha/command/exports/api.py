"""API routes of exports and unmaskings."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.exports.download import record_download
from fanzha.command.exports.evidence_unmasking import unmask_evidence, unmask_file
from fanzha.command.exports.models import Export, Unmasking
from fanzha.command.exports.schemas import (
    DecisionIn,
    ExportIn,
    ExportOut,
    TableOut,
    UnmaskFieldIn,
    UnmaskFileIn,
    UnmaskIn,
    UnmaskingOut,
    ValueOut,
    ValuesOut,
    WatchedOut,
)
from fanzha.command.exports.services import DECIDERS, ExportRefused, ExportRequest, decide_request, request_export
from fanzha.command.exports.table import EXPORT_ROLES, TableFilter, tables_for
from fanzha.command.exports.unmasking import UnmaskingRefused, unmask
from fanzha.command.exports.unmasking_review import unusual_viewers
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.processes.selectors import find_steps
from fanzha.command.subjects.selectors import find_subjects
from fanzha.command.web.api import Page, Paging, Problem, for_roles, not_repeatable, paginate
from fanzha.command.web.i18n import localize
from fanzha.command.web.reauthentication import AN_HOUR, require_confirmed
from fanzha.command.web.roles import MAY_UNMASK, Role

if TYPE_CHECKING:
    from fanzha.command.processes.models import Step

T = TypeVar("T")

ROUTER = Router(tags=["exports"])

#: Media types of an export file.
_FILES: dict[str, object] = {"text/csv": {}, "application/zip": {}}
_ANY_FILE: dict[str, object] = {"application/octet-stream": {}}
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/tables", response=list[TableOut], operation_id="fanzha_command_exports_api_list_tables")
@for_roles(*EXPORT_ROLES)
def list_tables(request: ApiRequest) -> list[TableOut]:
    """List the tables that the caller may export."""
    return [TableOut.of(table) for table in tables_for(request.viewer)]


@ROUTER.get("/exports", response=Page[ExportOut], operation_id="fanzha_command_exports_api_list_exports")
@for_roles(*EXPORT_ROLES)
def list_exports(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the exports of the caller's organisation, the latest first."""
    page = paginate(Export.objects.all(), paging)
    return page | {"items": [ExportOut.of(row) for row in page["items"]]}


@ROUTER.post("/exports", response={202: ExportOut}, operation_id="fanzha_command_exports_api_ask_for_export")
@for_roles(*EXPORT_ROLES)
def ask_for_export(request: ApiRequest, body: ExportIn) -> Status[ExportOut]:
    """Request an export. It is built in the background; large or unmasked ones require approval first."""
    table_filter = TableFilter(body.since, body.until, body.kind)
    export_request = ExportRequest(body.table, body.purpose, body.case, table_filter, body.unmasked)
    try:
        return Status(202, ExportOut.of(request_export(request.viewer, export_request)))
    except ExportRefused as refused:
        raise _problem(refused, "invalid") from None


@ROUTER.get("/exports/{ref}", response=ExportOut, operation_id="fanzha_command_exports_api_read_export")
@for_roles(*EXPORT_ROLES)
def read_export(request: ApiRequest, ref: str) -> ExportOut:
    """Return one export."""
    return ExportOut.of(_export(ref))


@ROUTER.post("/exports/{ref}/decision", response=ExportOut, operation_id="fanzha_command_exports_api_decide_on_export")
@for_roles(*DECIDERS)
def decide_on_export(request: ApiRequest, ref: str, body: DecisionIn) -> ExportOut:
    """Approve or refuse an export as a second person. API keys cannot decide."""
    try:
        decide_request(_export(ref), request.viewer, approve=body.approve, note=body.note)
    except ExportRefused as refused:
        raise _problem(refused, "conflict") from None
    return ExportOut.of(_export(ref))


@ROUTER.post(
    "/exports/{ref}/file",
    openapi_extra={"responses": {200: {"content": _FILES, "description": "the file"}}},
    operation_id="fanzha_command_exports_api_fetch_file",
)
@for_roles(*EXPORT_ROLES)
@not_repeatable
def fetch_file(request: ApiRequest, ref: str) -> HttpResponse:
    """Download the file of one's own export: CSV, or a zip of an evidence pack. Each download is recorded."""
    row = _export(ref)
    path = record_download(row, request.viewer)
    if path is None:
        raise Problem("not_found")
    ending, kind = row.file_type
    headers = {"Content-Disposition": f'attachment; filename="fanzha-{row.table}-{row.ref}.{ending}"'}
    return HttpResponse(path.read_bytes(), content_type=kind, headers=headers)


@ROUTER.post("/unmask", response=ValueOut, operation_id="fanzha_command_exports_api_unmask_value")
@for_roles(*MAY_UNMASK)
@not_repeatable
def unmask_value(request: ApiRequest, body: UnmaskIn) -> ValueOut:
    """Return the unmasked value of a subject. The caller and the purpose are recorded."""
    subject = get_object_or_404(find_subjects(), ref=body.subject)
    require_confirmed(request, AN_HOUR)
    try:
        value = unmask(request.viewer, subject, body.purpose, body.case)
    except UnmaskingRefused as refused:
        raise Problem("forbidden" if refused.forbidden else "invalid", localize(refused.words)) from None
    return ValueOut(subject=subject.ref, kind=subject.kind, value=value)


@ROUTER.post("/unmask-evidence", response=ValuesOut, operation_id="fanzha_command_exports_api_unmask_evidence_field")
@for_roles(*MAY_UNMASK)
@not_repeatable
def unmask_evidence_field(request: ApiRequest, body: UnmaskFieldIn) -> ValuesOut:
    """Return the unmasked values of one evidence field of a step. The caller and the purpose are recorded."""
    values = _unmask_step(request, body, lambda step: unmask_evidence(request.viewer, step, body.field, body.purpose))
    return ValuesOut(values=values)


@ROUTER.post(
    "/unmask-file",
    openapi_extra={"responses": {200: {"content": _ANY_FILE, "description": "the file"}}},
    operation_id="fanzha_command_exports_api_unmask_evidence_file",
)
@for_roles(*MAY_UNMASK)
@not_repeatable
def unmask_evidence_file(request: ApiRequest, body: UnmaskFileIn) -> FileResponse:
    """Return a personal file of a step. The caller and the purpose are recorded."""
    path = _unmask_step(
        request, body, lambda step: unmask_file(request.viewer, step, body.field, body.place, body.purpose)
    )
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{body.process}-{body.step}-{body.field}.bin")


def _unmask_step(request: ApiRequest, body: UnmaskFieldIn, read: "Callable[[Step], T | None]") -> T:
    steps = find_steps().select_related("instance__owner", "instance__version")
    step = get_object_or_404(steps, instance__ref=body.process, number=body.step)
    require_confirmed(request, AN_HOUR)
    try:
        result = read(step)
    except UnmaskingRefused as refused:
        raise Problem("forbidden" if refused.forbidden else "invalid", localize(refused.words)) from None
    if result is None:
        raise Problem("not_found")
    return result


@ROUTER.get("/unmaskings", response=Page[UnmaskingOut], operation_id="fanzha_command_exports_api_list_unmaskings")
@for_roles(Role.PRIVACY_OFFICER)
def list_unmaskings(
    request: ApiRequest, paging: PagingQuery, actor: str = "", subject: str = "", case: str = ""
) -> dict[str, object]:
    """List unmaskings, the latest first."""
    conditions = {"actor": actor, "subject": subject, "case": case}
    page = paginate(Unmasking.objects.filter(**{name: value for name, value in conditions.items() if value}), paging)
    return page | {"items": [UnmaskingOut.of(row) for row in page["items"]]}


@ROUTER.get("/watched", response=list[WatchedOut], operation_id="fanzha_command_exports_api_list_watched")
@for_roles(Role.PRIVACY_OFFICER)
def list_watched(request: ApiRequest) -> list[WatchedOut]:
    """List the people who unmasked values in the last 24 hours, unusual ones first."""
    return [WatchedOut.of(viewer) for viewer in unusual_viewers(timezone.now())]


def _problem(refused: ExportRefused, otherwise: str) -> Problem:
    """Convert a refusal to a problem: forbidden with the reason if it concerns the caller, else `otherwise`."""
    if refused.reason:
        return Problem("forbidden", localize(refused.words), reason=refused.reason.value)
    return Problem(otherwise, localize(refused.words))


def _export(ref: str) -> Export:
    return get_object_or_404(Export.objects.select_related("owner", "person"), ref=ref)
