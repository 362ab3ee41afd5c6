"""The person's own door to appeal: no login, no cookie, no script; code and proof travel in the form alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from fanzha.base.whole_numbers import whole_number
from fanzha.command.notices.appeal_entry import (
    Statement,
    answer_question,
    appeal_higher,
    file_appeal,
    find_appeal,
    find_by_receipt,
    withdraw_appeal,
)
from fanzha.command.notices.models import LimitAppeal, LimitNotice
from fanzha.command.notices.notice_codes import read_appeal_receipt
from fanzha.command.notices.notice_settings import load_notice_settings
from fanzha.command.notices.papers import read_papers
from fanzha.command.notices.presenters import present_notice, present_progress
from fanzha.command.notices.services import is_over_tries, open_notice
from fanzha.command.notices.text_delivery import record_receipt
from fanzha.command.web.client_address import client_address
from fanzha.command.web.i18n import localize
from fanzha.command.web.public_page import public_page
from fanzha.command.web.screenshots import UnusableScreenshot
from fanzha.processes.refusal import Refusal

#: What a person does with an appeal that was filed, by the value of the button.
_ACTIONS = {"answer": answer_question, "higher": appeal_higher, "withdraw": withdraw_appeal}


@public_page(remembers=False)
def appeal(request: HttpRequest) -> HttpResponse:
    """Show the notice of a code and its proof, and take an appeal; a wrong code and a wrong proof look the same."""
    if request.method != "POST":
        return _page(request, "start.html")
    address, now = client_address(request), timezone.now()
    if is_over_tries(address):
        return _page(request, "busy.html", status=429)
    code, proof = request.POST.get("code", "")[:40], request.POST.get("proof", "")[:40]
    notice = open_notice(code, proof, now)
    if notice is None:
        is_over_tries(address, counts=True)
        problem = _("No notice has this code together with these four characters. Check both, or ask in a shop.")
        return _page(request, "start.html", problem=problem, code=code, status=422)
    return _notice_page(request, notice, {"code": code, "proof": proof})


@public_page(remembers=False)
def follow(request: HttpRequest) -> HttpResponse:
    """Show the state of an appeal by its receipt code; the person answers, withdraws or continues it."""
    if request.method != "POST":
        return _page(request, "follow.html")
    address = client_address(request)
    if is_over_tries(address):
        return _page(request, "busy.html", status=429)
    receipt = read_appeal_receipt(request.POST.get("receipt", "")[:60])
    found = find_by_receipt(receipt)
    if found is None:
        is_over_tries(address, counts=True)
        problem = _("There is no appeal with this receipt code. Check each character.")
        return _page(request, "follow.html", problem=problem, typed=request.POST.get("receipt", "")[:60], status=422)
    done, problem = _act(request, found)
    context = {"progress": present_progress(found), "shown": found.notice.shown, "fields": {"receipt": receipt}}
    return _page(request, "progress.html", **context, done=done, problem=problem, status=422 if problem else 200)


@never_cache
def notice_receipt(request: HttpRequest, ref: str, number: int, secret: str) -> HttpResponse:
    """Take the delivery receipt of an SMS gateway; only who knows the secret of the text proves anything."""
    status = whole_number(request.GET.get("status", ""))
    known = record_receipt(ref, number, secret, status or 0, timezone.now())
    return HttpResponse(status=204 if known else 404)


def _notice_page(request: HttpRequest, notice: LimitNotice, fields: dict[str, str]) -> HttpResponse:
    """Show a notice whose code and proof are right, and do what its holder asks for."""
    if request.POST.get("action") == "appeal":
        return _file(request, notice, fields)
    found = find_appeal(notice)
    done, problem = _act(request, found) if found else ("", "")
    page = present_notice(notice)
    context = {"page": page, "fields": fields, "done": done, "problem": problem}
    template = "write.html" if request.POST.get("action") == "write" and page.may_appeal else "notice.html"
    return _page(request, template, **context, status=422 if problem else 200)


def _file(request: HttpRequest, notice: LimitNotice, fields: dict[str, str]) -> HttpResponse:
    text = request.POST.get("text", "").strip()
    problem = "" if text else _("Say in a few words why it is wrong.")
    receipt = ""
    try:
        if not problem:
            statement = Statement(text, read_papers(request.FILES.getlist("papers")))
            receipt = file_appeal(notice, statement, timezone.now())
    except (UnusableScreenshot, Refusal) as refused:
        problem = localize(refused.words)
    page = present_notice(notice)
    if problem:
        template = "write.html" if page.may_appeal else "notice.html"
        return _page(request, template, page=page, fields=fields, problem=problem, text=text, status=422)
    return _page(request, "receipt.html", page=page, receipt=receipt, progress=page.progress)


def _act(request: HttpRequest, found: LimitAppeal) -> tuple[str, str]:
    """Answer, withdraw or take an appeal higher, as the button says; return what was done, or why it was not."""
    name = request.POST.get("action", "")
    if name not in _ACTIONS:
        return "", ""
    text = request.POST.get("text", "").strip()
    if not text and name != "withdraw":
        return "", _("Write a few words.")
    try:
        statement = Statement(text or _("withdrawn by the person"), read_papers(request.FILES.getlist("papers")))
        _ACTIONS[name](found, statement, timezone.now())
    except (UnusableScreenshot, Refusal) as refused:
        return "", localize(refused.words)
    found.instance.refresh_from_db()
    done = {
        "answer": _("Your answer was added."),
        "higher": _("The regulator hears your appeal now."),
        "withdraw": _("Your appeal was withdrawn."),
    }
    return done[name], ""


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    hotline = load_notice_settings().hotline
    return render(request, f"notices/public/{template}", {**context, "hotline": hotline}, status=status)
