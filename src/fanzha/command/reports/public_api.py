"""The public interface: the same reports by JSON, without a key, at the same rates as the pages.

`GET /report/api/challenge` gives a challenge; `POST /report/api/reports` takes a report with its solution.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fanzha.command.reports.proof_of_work import count_bits, make_challenge, read_challenge
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.command.reports.request_rates import SUBMISSIONS, is_over_rate
from fanzha.command.reports.services import (
    LONGEST_CONTACT,
    LONGEST_TEXT,
    MAX_LOSS,
    Submission,
    find_intake_organization,
    submit_report,
)
from fanzha.command.web.client_address import client_address

_MAX_BODY = 32_768


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
        report = _read(request.body)
    except (msgspec.DecodeError, ValueError) as error:
        return _problem(422, str(error))
    made = read_challenge(report.challenge, timezone.now())
    if made is None:
        return _problem(422, "the challenge is unknown or older than 12 hours: get a new one")
    work = count_bits(report.challenge, report.solution)
    submission = Submission(
        category=report.category,
        nonce=made.nonce,
        thing=report.thing,
        text=report.text,
        contact=report.contact,
        is_paid=report.paid,
        loss=report.loss,
        channel="app",
        is_worked=work >= load_report_settings().work_bits,
        work=max(work, 0),
    )
    return JsonResponse({"receipt": submit_report(owner, submission, client_address(request))}, status=201)


def _read(body: bytes) -> PublicReport:
    """Return the report in a request body. Raise DecodeError or ValueError."""
    if len(body) > _MAX_BODY:
        raise ValueError(f"a report has at most {_MAX_BODY} bytes")
    report = msgspec.json.decode(body, type=PublicReport)
    for name, most in (("thing", 2_000), ("text", LONGEST_TEXT), ("contact", LONGEST_CONTACT)):
        if len(getattr(report, name)) > most:
            raise ValueError(f"{name} has at most {most} characters")
        if "\0" in getattr(report, name):
            raise ValueError(f"{name} has a character that is not text")
    if not (report.thing.strip() or report.text.strip()):
        raise ValueError("give thing, or text, or both")
    if report.loss is not None and not 0 <= report.loss <= MAX_LOSS:
        raise ValueError(f"loss is between 0 and {MAX_LOSS}")
    return report


def _problem(status: int, detail: str) -> JsonResponse:
    answer: dict[str, Any] = {"status": status, "detail": detail}
    return JsonResponse(answer, status=status, content_type="application/problem+json")
