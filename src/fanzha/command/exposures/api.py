"""API routes of exposures: bases, files, cases as counts, and warnings."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import File, Form, Query, Router, Status, UploadedFile

from fanzha.base.words import Words
from fanzha.command.exposures.bases import (
    BASIS_ROLES,
    FILE_ROLES,
    OWNERS,
    READERS,
    WARNING_ROLES,
    BasisDraft,
    confirm_basis,
    enter_basis,
    withdraw_basis,
)
from fanzha.command.exposures.exposure_warnings import request_warnings
from fanzha.command.exposures.intake import submit_file
from fanzha.command.exposures.models import ExposureBasis, ExposureFile
from fanzha.command.exposures.schemas import (
    ExposedPersonOut,
    ExposureBasisIn,
    ExposureBasisOut,
    ExposureCaseOut,
    ExposureFileOut,
    ExposurePurposeIn,
    ExposureWarningsOut,
)
from fanzha.command.exposures.selectors import disclose_people, find_case, list_cases
from fanzha.command.exposures.tasks import queue_file
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import as_person, get_actor, get_responsible_person, responsible_person
from fanzha.command.web.api import Page, Paging, Problem, for_roles, paginate
from fanzha.processes.refusal import Reason, Refusal

ROUTER = Router(tags=["exposures"])
PagingQuery = Annotated[Paging, Query()]
BasisRef = Annotated[str, Form(max_length=26)]


@ROUTER.get("/bases", response=Page[ExposureBasisOut], operation_id="fanzha_command_exposures_api_list_bases")
@for_roles(*BASIS_ROLES, *FILE_ROLES, kinds=OWNERS)
def list_bases(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the bases of the organisation, the latest first."""
    page = paginate(ExposureBasis.objects.all(), paging)
    return page | {"items": [ExposureBasisOut.of(row) for row in page["items"]]}


@ROUTER.post("/bases", response={201: ExposureBasisOut}, operation_id="fanzha_command_exposures_api_enter_basis")
@for_roles(*BASIS_ROLES, kinds=OWNERS)
def enter_new_basis(request: ApiRequest, body: ExposureBasisIn) -> Status[ExposureBasisOut]:
    """Enter a basis; no file is read on it until another person confirms it."""
    draft = BasisDraft(**body.model_dump())
    return Status(
        201, ExposureBasisOut.of(enter_basis(request.organization, draft, get_responsible_person(request.viewer)))
    )


@ROUTER.post(
    "/bases/{ref}/confirm", response=ExposureBasisOut, operation_id="fanzha_command_exposures_api_confirm_basis"
)
@for_roles(*BASIS_ROLES, kinds=OWNERS)
def confirm_entered_basis(request: ApiRequest, ref: str) -> ExposureBasisOut:
    """Confirm a basis as the second person; API keys cannot."""
    basis = _get_basis(ref)
    person = as_person(get_actor(request.viewer))
    if person is None:
        raise Refusal(Reason.ROLE, Words("由人员确认，密钥不能确认", "a person confirms, not a key"))
    confirm_basis(basis, person)
    return ExposureBasisOut.of(_get_basis(ref))


@ROUTER.delete("/bases/{ref}", response={204: None}, operation_id="fanzha_command_exposures_api_withdraw_basis")
@for_roles(*BASIS_ROLES, kinds=OWNERS)
def withdraw_own_basis(request: ApiRequest, ref: str) -> Status[None]:
    """Withdraw a basis: what was found on it is deleted, and files are read no further."""
    withdraw_basis(_get_basis(ref), get_responsible_person(request.viewer))
    return Status(204, None)


@ROUTER.post("/files", response={202: ExposureFileOut}, operation_id="fanzha_command_exposures_api_hand_in_file")
@for_roles(*FILE_ROLES, kinds=OWNERS)
def hand_in_file(request: ApiRequest, basis: BasisRef, file: File[UploadedFile]) -> Status[ExposureFileOut]:
    """Hand a file of the source in, to be read in the background; without a valid basis it is refused."""
    person = responsible_person(get_actor(request.viewer))
    submitted = submit_file(request.organization, basis, file.name or "", file.chunks(), person)
    if submitted.is_new:
        queue_file(submitted.file)
    return Status(202, ExposureFileOut.of(submitted.file))


@ROUTER.get("/files", response=Page[ExposureFileOut], operation_id="fanzha_command_exposures_api_list_files")
@for_roles(*READERS, kinds=OWNERS)
def list_files(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the files that were handed in, the latest first."""
    page = paginate(ExposureFile.objects.all(), paging)
    return page | {"items": [ExposureFileOut.of(row) for row in page["items"]]}


@ROUTER.get("/files/{ref}", response=ExposureFileOut, operation_id="fanzha_command_exposures_api_read_file")
@for_roles(*READERS, kinds=OWNERS)
def read_log_file(request: ApiRequest, ref: str) -> ExposureFileOut:
    """Return a file with its counts."""
    return ExposureFileOut.of(get_object_or_404(ExposureFile, ref=ref))


@ROUTER.get("/cases", response=list[ExposureCaseOut], operation_id="fanzha_command_exposures_api_list_cases")
@for_roles(*READERS, kinds=OWNERS)
def list_exposure_cases(request: ApiRequest) -> list[ExposureCaseOut]:
    """List the cases in which people were exposed as counts, the latest first; at most 100."""
    return [ExposureCaseOut.of(case) for case in list_cases()]


@ROUTER.post(
    "/cases/{ref}/people", response=list[ExposedPersonOut], operation_id="fanzha_command_exposures_api_show_people"
)
@for_roles(*READERS, kinds=OWNERS)
def show_people(request: ApiRequest, ref: str, body: ExposurePurposeIn) -> list[ExposedPersonOut]:
    """Return the latest 100 people of a case with masked numbers. It is charged and logged with its purpose."""
    _check_case(ref)
    return [ExposedPersonOut.of(person) for person in disclose_people(request.viewer, ref, body.purpose)]


@ROUTER.post(
    "/cases/{ref}/warnings", response={202: ExposureWarningsOut}, operation_id="fanzha_command_exposures_api_warn"
)
@for_roles(*WARNING_ROLES, kinds=OWNERS)
def warn_people(request: ApiRequest, ref: str) -> Status[ExposureWarningsOut]:
    """Have the people of a case warned who were not warned yet."""
    _check_case(ref)
    person = responsible_person(get_actor(request.viewer))
    return Status(202, ExposureWarningsOut(people=request_warnings(request.organization, ref, timezone.now(), person)))


def _get_basis(ref: str) -> ExposureBasis:
    return get_object_or_404(ExposureBasis.objects.select_related("owner"), ref=ref)


def _check_case(ref: str) -> None:
    if find_case(ref) is None:
        raise Problem("not_found", _("There is no such case."))
