"""The public interface: what the pages do by JSON, without a key, at the same rates.

`GET /report/api/challenge` gives a challenge, `POST /report/api/reports` takes a report with its solution, and
`POST /report/api/follow` tells by the receipt code how far it is, and takes what the reporter adds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fanzha.command.reports.follow_up import ReporterMessage, take_follow_up
from fanzha.command.reports.presenters import present_progress
from fanzha.command.reports.proof_of_work import count_bits, make_challenge, read_challenge
from fanzha.command.reports.receipts import read_receipt
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.command.reports.request_rates import RECEIPT_TRIES, SUBMISSIONS, is_over_rate
from fanzha.command.reports.rewards import LONGEST_DANGER
from fanzha.command.reports.screenshot_store import PictureSender, store_upload
from fanzha.command.reports.services import (
    LONGEST_CONTACT,
    LONGEST_TEXT,
    MAX_LOSS,
    Submission,
    find_by_receipt,
    find_intake_organization,
    is_received,
    may_have_happened,
    submit_report,
)
from fanzha.command.web.client_address import client_address
from fanzha.command.web.i18n import localize
from fanzha.command.web.screenshots import UnusableScreenshot
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

_MAX_BODY = 32_768
_MULTIPART = "multipart/form-data"
#: The longest texts of a request about a report.
_FOLLOW_LIMITS = (
    ("facts", LONGEST_TEXT),
    ("objection", LONGEST_TEXT),
    ("danger", LONGEST_DANGER),
    ("reply", LONGEST_TEXT),
)


class PublicReport(msgspec.Struct, forbid_unknown_fields=True):
    """One report as a program sends it. Lengths are in characters."""

    category: Literal["call", "text", "link", "app", "account", "payment", "iot"]
    challenge: str
    solution: str = ""
    thing: str = ""
    text: str = ""
    contact: str = ""
    paid: bool = False
    loss: int | None = None
    happened_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class FollowRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The receipt code, and what the reporter adds, objects to the answer, fears, or replies to a question."""

    receipt: str
    facts: str = ""
    objection: str = ""
    danger: str = ""
    reply: str = ""


_Request = TypeVar("_Request", PublicReport, FollowRequest)


@require_GET
@never_cache
def challenge(request: HttpRequest) -> JsonResponse:
    """Return a challenge: find a number so that SHA-256 of `challenge:number` begins with `bits` zero bits."""
    return JsonResponse({"challenge": make_challenge(timezone.now()), "bits": load_report_settings().work_bits})


@csrf_exempt  # no session stands behind it
@require_POST
@never_cache
def reports(request: HttpRequest) -> JsonResponse:
    """Take a report; return its receipt code. What is sent twice with one challenge is stored once."""
    owner = find_intake_organization()
    if owner is None:
        return _problem(503, "this site takes no reports from the public")
    if is_over_rate(SUBMISSIONS, client_address(request)):
        return _problem(429, "too many reports come from this network; try again in an hour")
    try:
        report, picture = _read_request(request)
    except (msgspec.DecodeError, ValueError) as error:
        return _problem(422, str(error))
    made = read_challenge(report.challenge, timezone.now())
    if made is None:
        return _problem(422, "the challenge is unknown or older than 12 hours: get a new one")
    work = count_bits(report.challenge, report.solution)
    is_worked = work >= load_report_settings().work_bits
    try:
        screenshots = _store(picture, owner, request, may_store=is_worked and not is_received(made.nonce))
    except UnusableScreenshot as unusable:
        return _problem(422, localize(unusable.words))
    submission = Submission(
        category=report.category,
        nonce=made.nonce,
        thing=report.thing,
        text=report.text,
        contact=report.contact,
        is_paid=report.paid,
        loss=report.loss,
        happened_at=report.happened_at,
        channel="app",
        screenshots=screenshots,
        is_worked=is_worked,
        work=max(work, 0),
    )
    return JsonResponse({"receipt": submit_report(owner, submission, client_address(request))}, status=201)


@csrf_exempt  # the receipt code is what lets the reporter in
@require_POST
@never_cache
def follow(request: HttpRequest) -> JsonResponse:
    """Tell how far a report is, for its receipt code; take what the reporter adds, objects or fears."""
    address = client_address(request)
    if is_over_rate(RECEIPT_TRIES, address, counts=False):
        return _problem(429, "too many wrong codes come from this network; try again in ten minutes")
    try:
        body, picture = _split_request(request, "follow")
        asked = _decode(body, FollowRequest)
        _check_texts(asked, _FOLLOW_LIMITS)
    except (msgspec.DecodeError, ValueError) as error:
        return _problem(422, str(error))
    given = ReporterMessage(
        asked.facts.strip(), asked.objection.strip(), asked.danger.strip(), asked.reply.strip(), picture
    )
    if given.is_ambiguous:
        return _problem(
            422, "give facts (with a screenshot or without), or objection, or danger, or reply: one of them"
        )
    code = read_receipt(asked.receipt[:40])
    report = find_by_receipt(code) if code else None
    if report is None:
        is_over_rate(RECEIPT_TRIES, address)
        return _problem(404, "there is no report with this receipt code")
    try:
        done = take_follow_up(report, given)
    except Refusal as refused:
        return _problem(409, localize(refused.words))
    except UnusableScreenshot as unusable:
        return _problem(422, localize(unusable.words))
    progress = present_progress(report)
    answer = progress._asdict() | {
        "steps": [step._asdict() for step in progress.steps],
        "sent": [{"name": str(fact.key), "value": str(fact.value)} for fact in progress.sent],
        "done": done,
    }
    return JsonResponse(answer)


def _read_request(request: HttpRequest) -> tuple[PublicReport, UploadedFile[Any] | None]:
    """Return the report of a request, and its screenshot if it is a form. Raise DecodeError or ValueError."""
    body, picture = _split_request(request, "report")
    return _read(body, has_picture=picture is not None), picture


def _split_request(request: HttpRequest, name: str) -> tuple[bytes, UploadedFile[Any] | None]:
    """Return the JSON of a request, of a form that of the field `name`, and the screenshot of a form."""
    if request.content_type != _MULTIPART:
        return request.body, None
    return request.POST.get(name, "").encode(), request.FILES.get("screenshot")


def _store(
    picture: UploadedFile[Any] | None, owner: Organization, request: HttpRequest, *, may_store: bool
) -> list[str]:
    """Store a screenshot, stripped, if it `may_store`: as the pages do. Raise UnusableScreenshot."""
    if picture is None or not may_store:
        return []
    return [store_upload(picture, PictureSender(owner.pk, client_address(request)))]


def _decode(body: bytes, kind: type[_Request]) -> _Request:
    """Return what a body says. Raise DecodeError or ValueError."""
    if len(body) > _MAX_BODY:
        raise ValueError(f"a request has at most {_MAX_BODY} bytes")
    return msgspec.json.decode(body, type=kind)


def _check_texts(given: PublicReport | FollowRequest, limits: Iterable[tuple[str, int]]) -> None:
    """Raise ValueError for a text that is too long or has a NUL character."""
    for name, most in limits:
        if len(getattr(given, name)) > most:
            raise ValueError(f"{name} has at most {most} characters")
        if "\0" in getattr(given, name):
            raise ValueError(f"{name} has a character that is not text")


def _read(body: bytes, *, has_picture: bool) -> PublicReport:
    """Return the report in a request body. Raise DecodeError or ValueError."""
    report = _decode(body, PublicReport)
    _check_texts(report, (("thing", 2_000), ("text", LONGEST_TEXT), ("contact", LONGEST_CONTACT)))
    if not (has_picture or report.thing.strip() or report.text.strip()):
        raise ValueError("give thing, or text, or both")
    if report.loss is not None and not 0 <= report.loss <= MAX_LOSS:
        raise ValueError(f"loss is between 0 and {MAX_LOSS}")
    if report.happened_at is not None and not may_have_happened(report.happened_at, timezone.now()):
        raise ValueError("happened_at is in the future, or too long ago")
    return report


def _problem(status: int, detail: str) -> JsonResponse:
    answer: dict[str, Any] = {"status": status, "detail": detail}
    return JsonResponse(answer, status=status, content_type="application/problem+json")
