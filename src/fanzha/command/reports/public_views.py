"""Public pages of reports: no login, no cookie needed, no script needed, one question a page.

The answers before travel in hidden fields, so nothing is stored until the reporter sends the last page. The forms carry
a challenge that this site signed and no session stands behind them, so they need no token against forged requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from fanzha.command.reports.follow_up import ReporterMessage, take_follow_up
from fanzha.command.reports.forms import PublicReportForm, ReceiptForm
from fanzha.command.reports.models import Report
from fanzha.command.reports.presenters import present_progress, sent_facts
from fanzha.command.reports.proof_of_work import Challenge, count_bits, make_challenge, read_challenge
from fanzha.command.reports.report_settings import load_report_settings
from fanzha.command.reports.request_rates import RECEIPT_TRIES, SUBMISSIONS, is_over_rate
from fanzha.command.reports.screenshot_store import PictureSender, store_upload
from fanzha.command.reports.services import (
    Submission,
    find_by_receipt,
    find_intake_organization,
    is_received,
    submit_report,
)
from fanzha.command.reports.targets import CATEGORIES, find_others
from fanzha.command.web.client_address import client_address
from fanzha.command.web.i18n import localize
from fanzha.command.web.public_page import public_page
from fanzha.command.web.screenshots import UnusableScreenshot
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization

#: The pages of the questions, in their order.
STEPS = ("thing", "text", "send")


@public_page()
def public_start(request: HttpRequest) -> HttpResponse:
    """Ask whether money was paid; show a person who has paid the numbers to call at once."""
    if find_intake_organization() is None:
        return _page(request, "closed.html", status=503)
    return _page(request, "paid.html" if request.GET.get("paid") == "yes" else "start.html")


@public_page()
def public_report(request: HttpRequest) -> HttpResponse:
    """Ask one question a page, and store the report that the last page sends."""
    owner = find_intake_organization()
    if owner is None:
        return _page(request, "closed.html", status=503)
    given = request.POST if request.method == "POST" else request.GET
    answers = {name: given.get(name, "")[:5000] for name in ("paid", "category", "thing", "text")}
    if answers["category"] not in CATEGORIES:
        return _page(request, "category.html", answers=answers, categories=CATEGORIES)
    step = request.POST.get("step", "")
    if step == "send":
        return _send(request, owner, answers)
    following = STEPS[STEPS.index(step) + 1] if step in STEPS else STEPS[0]
    return _question(request, following, answers)


def _question(request: HttpRequest, step: str, answers: dict[str, str], **more: Any) -> HttpResponse:
    now, bits = timezone.now(), load_report_settings().work_bits
    context = {
        "answers": answers,
        "step": step,
        "number": STEPS.index(step) + 1,
        "category": CATEGORIES[answers["category"]],
        "challenge": request.POST["challenge"] if _carried(request, now) else make_challenge(now),
        "bits": bits,
    }
    return _page(request, f"{step}.html", **{**context, **more})


def _carried(request: HttpRequest, now: datetime) -> Challenge | None:
    """Return the challenge passed on by the earlier pages, so that going back and sending again repeats the form."""
    return read_challenge(request.POST.get("challenge", ""), now)


def _send(request: HttpRequest, owner: Organization, answers: dict[str, str]) -> HttpResponse:
    form = PublicReportForm(request.POST, request.FILES)
    challenge = _carried(request, timezone.now())
    if challenge is None:
        problem = _("This page was open for too long. Send it again.")
        return _question(request, "send", answers, problem=problem, status=422)
    if not form.is_valid():
        problem = " ".join(str(message) for messages in form.errors.values() for message in messages)
        return _question(request, "send", answers, problem=problem, **_retain_fields(request), status=422)
    address = client_address(request)
    if is_over_rate(SUBMISSIONS, address):
        return _page(request, "busy.html", status=429)
    submission = _submission(form, challenge)
    is_repeated = is_received(submission.nonce)
    try:
        if submission.is_worked and not is_repeated:
            submission = replace(submission, screenshots=_store_screenshot(request, owner, address))
    except UnusableScreenshot as unusable:
        problem = localize(unusable.words)
        return _question(request, "send", answers, problem=problem, **_retain_fields(request), status=422)
    code = submit_report(owner, submission, address)
    is_dropped = bool(request.FILES.get("screenshot")) and not submission.is_worked
    report = find_by_receipt(code)
    context: dict[str, Any] = {
        "code": code,
        "owner": owner,
        "is_paid": answers["paid"] == "yes",
        "sent": sent_facts(report) if report else (),
        "others": find_others(report.value, answers["text"]) if report else (),
        "text": answers["text"],
    }
    return _page(request, "receipt.html", **context, is_dropped=is_dropped, is_repeated=is_repeated)


def _retain_fields(request: HttpRequest) -> dict[str, str]:
    """Return what was typed on the last page, so that nobody types it twice."""
    return {name: request.POST.get(name, "") for name in ("contact", "happened", "loss")}


def _store_screenshot(request: HttpRequest, owner: Organization, address: str) -> list[str]:
    upload = request.FILES.get("screenshot")
    return [store_upload(upload, PictureSender(owner.pk, address))] if upload is not None else []


def _submission(form: PublicReportForm, challenge: Challenge) -> Submission:
    answers = form.cleaned_data
    work = count_bits(answers["challenge"], answers["solution"])
    return Submission(
        category=answers["category"],
        nonce=challenge.nonce,
        thing=answers["thing"],
        text=answers["text"],
        contact=answers["contact"],
        loss=answers["loss"] if answers["paid"] == "yes" else None,
        happened_at=answers["happened"],
        is_paid=answers["paid"] == "yes",
        is_worked=work >= load_report_settings().work_bits,
        work=max(work, 0),
    )


@public_page()
def public_follow(request: HttpRequest) -> HttpResponse:
    """Show by the receipt code how far a report has come; the reporter may add facts or object to the answer."""
    if request.method != "POST":
        return _page(request, "follow.html")
    address = client_address(request)
    if is_over_rate(RECEIPT_TRIES, address, counts=False):
        return _page(request, "busy.html", status=429)
    form = ReceiptForm(request.POST)
    report = find_by_receipt(form.cleaned_data["code"]) if form.is_valid() else None
    if report is None:
        is_over_rate(RECEIPT_TRIES, address)  # wrong codes count, the own one does not
        unknown = _("There is no report with this code. Check each character.")
        problem = form.errors.get("code", [unknown])[0]
        return _page(request, "follow.html", problem=problem, typed=request.POST.get("code", ""), status=422)
    done, problem = _change(request, report, form.cleaned_data)
    context = {"code": form.cleaned_data["code"], "progress": present_progress(report), "done": done}
    return _page(request, "progress.html", **context, problem=problem, status=422 if problem else 200)


def _change(request: HttpRequest, report: Report, given: Mapping[str, str]) -> tuple[str, str]:
    """Do what the reporter asks for; return what was done, or why it was not."""
    written = {name: given[name] for name in ("facts", "objection", "danger", "reply")}
    try:
        done = take_follow_up(report, ReporterMessage(**written, picture=request.FILES.get("screenshot")))
        is_empty = "facts" in request.POST and not done
        return done, _("Write something, or choose a picture.") if is_empty else ""
    except (Refusal, UnusableScreenshot) as refused:
        return "", localize(refused.words)


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"reports/public/{template}", context, status=status)
