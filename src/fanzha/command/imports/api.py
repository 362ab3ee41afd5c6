"""API routes of imports; they use the same services as the pages."""

from itertools import islice
from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import File, Query, Router, Status, UploadedFile
from pydantic import Field

from fanzha.command.imports import uploads
from fanzha.command.imports.models import ImportJob
from fanzha.command.imports.schemas import ImportOut, ImportTableOut, RejectsOut, RejectsQuery
from fanzha.command.imports.services import (
    READER_ROLES,
    SubmittedImport,
    approve,
    importable_tables,
    submit_file,
    withdraw,
)
from fanzha.command.imports.tasks import queue_import
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate
from fanzha.command.web.roles import Role

ROUTER = Router(tags=["imports"])

#: Media types of a bare body, and the endings that their readers know.
BODIES = {
    "text/csv": ".csv",
    "application/x-ndjson": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in BODIES},
    }
}
TableName = Annotated[str, Field(max_length=60, pattern="^[a-z0-9_]+$")]


@ROUTER.get("/tables", response=list[ImportTableOut], operation_id="fanzha_command_imports_api_list_tables")
@for_roles(*READER_ROLES)
def list_tables(request: ApiRequest) -> list[ImportTableOut]:
    """List the tables that the caller's organisation may import, with their columns."""
    return [ImportTableOut.of(table) for table in importable_tables(request.organization)]


@ROUTER.post("/tables/{table}/file", response={202: ImportOut}, operation_id="fanzha_command_imports_api_hand_in_file")
@for_roles(Role.ADMINISTRATOR, Role.CLERK)
def hand_in_file(request: ApiRequest, table: TableName, file: File[UploadedFile]) -> Status[ImportOut]:
    """Submit a file; it is ingested in the background. The same file is imported once."""
    submission = submit_file(request.organization, table, file.name or "", file.chunks(), get_actor(request.viewer))
    return _enqueue_and_present(submission)


@ROUTER.post(
    "/tables/{table}/rows",
    response={202: ImportOut},
    openapi_extra=_BODY,
    operation_id="fanzha_command_imports_api_hand_in_rows",
)
@for_roles(Role.ADMINISTRATOR, Role.CLERK)
def hand_in_rows(request: ApiRequest, table: TableName) -> Status[ImportOut]:
    """Submit rows in the request body (at most 8 MB): CSV, JSON Lines, Parquet or a workbook."""
    ending = BODIES.get(request.content_type or "")
    if ending is None:
        raise Problem("media_type", _("Upload one of these types: %(types)s.") % {"types": ", ".join(BODIES)})
    return _enqueue_and_present(
        submit_file(request.organization, table, f"rows{ending}", [request.body], get_actor(request.viewer))
    )


@ROUTER.get("/jobs", response=Page[ImportOut], operation_id="fanzha_command_imports_api_list_imports")
@for_roles(*READER_ROLES)
def list_imports(request: ApiRequest, paging: Annotated[Paging, Query()]) -> dict[str, object]:
    """List imports, the latest first."""
    page = paginate(ImportJob.objects.all(), paging)
    return page | {"items": [ImportOut.of(job) for job in page["items"]]}


@ROUTER.get("/jobs/{ref}", response=ImportOut, operation_id="fanzha_command_imports_api_read_job")
@for_roles(*READER_ROLES)
def read_job(request: ApiRequest, ref: str) -> ImportOut:
    """Return one import with its counts."""
    return ImportOut.of(_job(ref))


@ROUTER.get("/jobs/{ref}/rejects", response=RejectsOut, operation_id="fanzha_command_imports_api_list_rejects")
@for_roles(*READER_ROLES)
def list_rejects(request: ApiRequest, ref: str, query: Annotated[RejectsQuery, Query()]) -> dict[str, object]:
    """List the rows that were not used, with column and reason."""
    end = query.after + query.limit
    rejects = list(islice(uploads.read_rejects(_job(ref).ref), query.after, end + 1))
    return {"items": rejects[: query.limit], "next": end if len(rejects) > query.limit else None}


@ROUTER.post("/jobs/{ref}/approve", response=ImportOut, operation_id="fanzha_command_imports_api_approve_import")
@for_roles(Role.REVIEWER)
def approve_import(request: ApiRequest, ref: str) -> ImportOut:
    """Approve as the second person; API keys cannot approve."""
    job = _job(ref)
    approve(job, get_actor(request.viewer))
    return ImportOut.of(_job(ref))


@ROUTER.post("/jobs/{ref}/withdraw", response=ImportOut, operation_id="fanzha_command_imports_api_withdraw_import")
@for_roles(Role.REVIEWER, Role.ADMINISTRATOR)
def withdraw_import(request: ApiRequest, ref: str) -> ImportOut:
    """Withdraw an import that needs approval; its rows are no longer in force."""
    job = _job(ref)
    withdraw(job, get_actor(request.viewer))
    return ImportOut.of(_job(ref))


def _enqueue_and_present(submitted: SubmittedImport) -> Status[ImportOut]:
    if submitted.is_new:
        queue_import(submitted.job)
    return Status(202, ImportOut.of(submitted.job))


def _job(ref: str) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("owner"), ref=ref)
