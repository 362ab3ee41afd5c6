"""API routes of public reports for organisations; the public interface without a key is in `public_api`."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor_ref, get_deciding_person, get_responsible_person
from fanzha.command.reports.mail_intake import UnusableMail, read_mail
from fanzha.command.reports.models import PictureBasis, Report
from fanzha.command.reports.picture_basis import (
    ASSESSORS,
    Assessment,
    approve_assessment,
    end_assessment,
    record_assessment,
)
from fanzha.command.reports.report_processes import open_unopened
from fanzha.command.reports.rewards import callers_of
from fanzha.command.reports.schemas import (
    AssessmentIn,
    AssessmentOut,
    ContactIn,
    ContactOut,
    PictureOut,
    ReceiptOut,
    ReportIn,
    ReportOut,
)
from fanzha.command.reports.selectors import CALLERS, READERS, TAKERS, find_reports
from fanzha.command.reports.services import (
    OWNERS,
    Submission,
    disclose_contact,
    disclose_picture,
    may_have_happened,
    submit_report,
)
from fanzha.command.web.api import (
    BulkAnswer,
    LineResult,
    Page,
    Paging,
    Problem,
    bulk_answer,
    for_roles,
    ndjson_of,
    paginate,
    read_lines,
)
from fanzha.command.web.i18n import localize

ROUTER = Router(tags=["reports"])
MAIL = "message/rfc822"
_MAIL_BODY = {"requestBody": {"required": True, "content": {MAIL: {"schema": {"type": "string", "format": "binary"}}}}}
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/", response=Page[ReportOut], operation_id="fanzha_command_reports_api_list_reports")
@for_roles(*READERS, kinds=OWNERS)
def list_reports(request: ApiRequest, paging: PagingQuery, state: str = "") -> dict[str, object]:
    """List the reports that the caller's organisation received: all, or those in one state."""
    page = paginate(find_reports(state), paging)
    return page | {"items": [ReportOut.of(report) for report in page["items"]]}


@ROUTER.post("/", response={201: ReceiptOut}, operation_id="fanzha_command_reports_api_submit_report")
@for_roles(*TAKERS, kinds=OWNERS)
def submit(request: ApiRequest, body: ReportIn) -> Status[ReceiptOut]:
    """Take a report; it waits until a worker reads it. The same number again gives the same receipt."""
    if problem := _empty(body):
        raise Problem("invalid", problem)
    return Status(201, ReceiptOut(receipt=_submit(request, body.to_submission(request.organization.ref, "api"))))


@ROUTER.post(
    "/bulk",
    response=BulkAnswer,
    openapi_extra=ndjson_of(ReportIn),
    operation_id="fanzha_command_reports_api_submit_reports",
)
@for_roles(*TAKERS, kinds=OWNERS)
def submit_many(request: ApiRequest) -> BulkAnswer:
    """Take the reports of another centre, one JSON object a line: each is used, or rejected with its reason."""
    found = read_lines(request, ReportIn)
    results = list(found.wrong)
    for number, row in found.valid:
        problem = _empty(row)
        if not problem:
            _submit(request, row.to_submission(request.organization.ref, "feed"))
        results.append(LineResult(line=number, used=not problem, ref=row.number, problem=problem))
    return bulk_answer(results)


@ROUTER.post(
    "/mail",
    response={201: ReceiptOut},
    openapi_extra=_MAIL_BODY,
    operation_id="fanzha_command_reports_api_submit_mail",
)
@for_roles(*TAKERS, kinds=OWNERS)
def submit_mail(request: ApiRequest) -> Status[ReceiptOut]:
    """Take a mail that somebody reported: an abuse report (ARF, RFC 5965), a forwarded mail, or the mail itself."""
    if request.content_type != MAIL:
        raise Problem("media_type", _("Send the mail as it is, as message/rfc822."))
    try:
        submission = read_mail(request.body, request.organization.ref)
    except UnusableMail as unusable:
        raise Problem("invalid", localize(unusable.words)) from None
    return Status(201, ReceiptOut(receipt=_submit(request, submission)))


@ROUTER.post("/assessments", response={201: AssessmentOut}, operation_id="fanzha_command_reports_api_record_assessment")
@for_roles(*ASSESSORS, kinds=OWNERS)
def record_new_assessment(request: ApiRequest, body: AssessmentIn) -> Status[AssessmentOut]:
    """Record an impact assessment of reading the text of pictures; nothing is read until somebody else approves it."""
    basis = record_assessment(
        request.organization, Assessment(**body.model_dump()), get_responsible_person(request.viewer)
    )
    return Status(201, AssessmentOut.of(basis))


@ROUTER.post(
    "/assessments/{ref}/approve", response={204: None}, operation_id="fanzha_command_reports_api_approve_assessment"
)
@for_roles(*ASSESSORS, kinds=OWNERS)
def approve_recorded_assessment(request: ApiRequest, ref: str) -> Status[None]:
    """Approve an impact assessment as the second person."""
    approve_assessment(_get_assessment(ref), get_deciding_person(request.viewer))
    return Status(204, None)


@ROUTER.delete("/assessments/{ref}", response={204: None}, operation_id="fanzha_command_reports_api_end_assessment")
@for_roles(*ASSESSORS, kinds=OWNERS)
def end_own_assessment(request: ApiRequest, ref: str) -> Status[None]:
    """End an impact assessment: no further picture is read on it."""
    end_assessment(_get_assessment(ref), get_responsible_person(request.viewer))
    return Status(204, None)


@ROUTER.get("/{ref}", response=ReportOut, operation_id="fanzha_command_reports_api_read_report")
@for_roles(*READERS, kinds=OWNERS)
def read_report(request: ApiRequest, ref: str) -> ReportOut:
    """Return one report."""
    return ReportOut.of(get_object_or_404(find_reports(), ref=ref))


@ROUTER.post("/{ref}/open", response=ReportOut, operation_id="fanzha_command_reports_api_open_report")
@for_roles(*TAKERS, kinds=OWNERS)
def open_held_report(request: ApiRequest, ref: str) -> ReportOut:
    """Open the process of a report that waits or was held back."""
    return ReportOut.of(open_unopened(get_object_or_404(find_reports(), ref=ref), timezone.now()))


@ROUTER.post("/{ref}/contact", response=ContactOut, operation_id="fanzha_command_reports_api_read_contact")
@for_roles(*CALLERS, kinds=OWNERS)
def read_contact(request: ApiRequest, ref: str, body: ContactIn) -> ContactOut:
    """Return how to reach the reporter. It is charged to the budgets of disclosure and logged with its purpose."""
    report = get_object_or_404(find_reports(), ref=ref)
    _check_caller(request, report)
    return ContactOut(contact=disclose_contact(request.viewer, report, body.purpose))


@ROUTER.post("/{ref}/pictures/{number}", response=PictureOut, operation_id="fanzha_command_reports_api_read_picture")
@for_roles(*CALLERS, kinds=OWNERS)
def read_picture(request: ApiRequest, ref: str, number: int, body: ContactIn) -> PictureOut:
    """Return a picture of a report by its number from 1. It is charged and logged: it may show who reported."""
    report = get_object_or_404(find_reports(), ref=ref)
    _check_caller(request, report)
    picture = disclose_picture(request.viewer, report, number, body.purpose)
    if picture is None:
        raise Problem("not_found", _("There is no such picture."))
    return PictureOut.of(picture)


def _get_assessment(ref: str) -> PictureBasis:
    return get_object_or_404(PictureBasis.objects.select_related("owner"), ref=ref)


def _check_caller(request: ApiRequest, report: Report) -> None:
    """Raise Problem unless the caller may see who reported: fewer may once protection was asked for."""
    if not request.viewer.has(*callers_of(report)):
        raise Problem("forbidden", _("Protection was asked for this reporter: reviewers and inspectors see who it is."))


def _submit(request: ApiRequest, submission: Submission) -> str:
    taker = get_actor_ref(request.viewer, request.organization.ref)
    return submit_report(request.organization, submission, "", taker=taker)


def _empty(row: ReportIn) -> str:
    """Return why a report is not taken, "" if it is."""
    if row.happened_at is not None and not may_have_happened(row.happened_at, timezone.now()):
        return _("This time is in the future, or too long ago. Check it, or leave it out.")
    return "" if row.thing.strip() or row.text.strip() else _("Enter what is reported, or what was said.")
