"""Pages of the desk: find a notice, hand it over, take an appeal in for the person, and the list of all appeals."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.notices.appeal_entry import Statement, can_appeal, file_appeal, find_appeal
from fanzha.command.notices.deliveries import Attempt
from fanzha.command.notices.forms import DeliveryForm, DeskAppealForm, FindForm
from fanzha.command.notices.models import DeliveryOutcome, DeliveryRoute, LimitNotice
from fanzha.command.notices.notice_settings import load_notice_settings
from fanzha.command.notices.papers import read_papers
from fanzha.command.notices.presenters import (
    needed_papers,
    notice_facts,
    notice_heading,
    present_attempts,
    present_progress,
    present_row,
    state_title,
)
from fanzha.command.notices.selectors import (
    HEARERS,
    READERS,
    SHOWS,
    TAKERS,
    find_handled_notices,
    find_heard_appeals,
    find_limit_notices,
    find_other_notices,
    measure_notices,
)
from fanzha.command.notices.services import find_at_desk, hand_over, print_code
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import describe_titles, find_instance_page, to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, EmptyState, FactItem, KeyFigure, ListRow
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.command.web.screenshots import UnusableScreenshot
from fanzha.processes.refusal import Refusal

PAGE = 50
#: Lists that are paged by key; the others are by deadline, and show the most urgent.
_BY_KEY = ("delivered", "all")
#: Roles that record the delivery of a notice that announces no limit.
DELIVERERS = (Role.EXECUTOR, Role.CLERK, Role.DUTY_OFFICER)


@signed_in(*READERS)
def notice_list(request: SignedInRequest) -> HttpResponse:
    """List the notices to deliver, or those of another state, and offer to find one."""
    return _list(request, FindForm())


@never_cache
@signed_in(*TAKERS)
@require_POST
def find_notice(request: SignedInRequest) -> HttpResponse:
    """Find the notice that somebody comes with, by its code, or by a number for a recorded purpose."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    found = find_at_desk(request.viewer, form.cleaned_data["query"], form.cleaned_data["purpose"])
    if len(found) == 1:
        return redirect("limit_notice", found[0].ref)
    if not found:
        form.add_error("query", _("Your organisation has no notice with this code or number."))
        return _list(request, form)
    return _list(request, form, found)


@signed_in(*READERS)
def notice_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one notice with its attempts and appeal."""
    return _detail(request, get_object_or_404(find_limit_notices(), ref=ref), DeliveryForm())


@signed_in(*TAKERS)
@require_POST
def deliver(request: SignedInRequest, ref: str) -> HttpResponse:
    """Record how a notice was delivered."""
    notice, form = _find(request, ref), DeliveryForm(request.POST)
    if not form.is_valid():
        return _detail(request, notice, form)
    hand_over(request.viewer, notice, form.to_attempt(), request.organization, timezone.now())
    messages.success(request, _("Recorded."))
    return redirect("limit_notice", ref)


@never_cache
@signed_in(*TAKERS)
@require_POST
def print_notice(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the notice with its code, to be printed and handed over."""
    notice = _find(request, ref)
    code, pin = print_code(request.viewer, notice, replaces=request.POST.get("replaces") == "yes", now=timezone.now())
    context = {
        "notice": notice,
        "heading": notice_heading(notice),
        "code": code,
        "pin": pin,
        "facts": notice_facts(notice),
        "papers": needed_papers(notice.kind),
        "address": request.build_absolute_uri(reverse("appeal")),
        "hotline": load_notice_settings().hotline,
        "printed_at": timezone.now(),
    }
    return render(request, "notices/print.html", context)


@never_cache
@signed_in(*TAKERS)
def open_appeal(request: SignedInRequest, ref: str) -> HttpResponse:
    """Take the appeal of a person in, and show the receipt to print; the clerk decides nothing."""
    notice = _find(request, ref)
    form = DeskAppealForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        answer = _file(request, notice, form)
        if answer is not None:
            return answer
    context = {"form": form, "notice": notice, "facts": notice_facts(notice), "papers": needed_papers(notice.kind)}
    return render(request, "notices/appeal.html", context, status=422 if form.errors else 200)


@signed_in(*HEARERS)
def appeal_list(request: SignedInRequest) -> HttpResponse:
    """List all appeals that are being heard, of every kind of limit, with their clocks."""
    rows = list(find_heard_appeals()[: PAGE + 1])
    titles, now = describe_titles(rows), timezone.now()
    context = {
        "rows": [
            ListRow(
                title=localize(titles[row.pk]),
                href=reverse(find_instance_page(row.process), args=[row.ref]),
                summary=localize(row.version.process.title),
                badges=(Badge(localize(row.version.process.states[row.state].title)),),
                due=row.clock_at,
                at=row.changed_at,
                meta=(str(row.owner),),
            )
            for row in rows[:PAGE]
        ],
        "is_cut": len(rows) > PAGE,
        "figures": _figures(request, now),
        "empty": EmptyState(_("No appeal is being heard."), "check"),
    }
    return render(request, "notices/appeals.html", context)


def _figures(request: SignedInRequest, now: Any) -> list[KeyFigure]:
    found = measure_notices(request.viewer, until=now)
    share = found.upheld
    uphold = (
        f"{share.value:.0%} ({share.low:.0%}–{share.high:.0%})"
        if share.value is not None and share.low is not None and share.high is not None
        else f"{share.counted}/{share.marked}"
    )
    return [
        KeyFigure(f"{found.appeals:,}", _("appeals in a year")),
        KeyFigure(uphold, _("upheld")),
        KeyFigure(_hours(found.hours_to_decision), _("hours to decide, median")),
        KeyFigure(_hours(found.hours_to_restore), _("hours to restore, median")),
        KeyFigure(_hours(found.hours_to_delivery), _("hours to deliver a notice, median")),
    ]


def _hours(hours: float | None) -> str:
    return "–" if hours is None else f"{hours:.1f}"


def _file(request: SignedInRequest, notice: LimitNotice, form: DeskAppealForm) -> HttpResponse | None:
    now = timezone.now()
    answers = form.cleaned_data
    try:
        papers = read_papers(request.FILES.getlist("papers"))
        statement = Statement(answers["text"], papers, answers["channel"])
        receipt = file_appeal(notice, statement, now, to_actor(request.viewer))
    except UnusableScreenshot as unusable:
        form.add_error("papers", localize(unusable.words))
        return None
    except Refusal as refused:
        form.add_error(None, localize(refused.words))
        return None
    route = DeliveryRoute.SHOP if answers["channel"] == "shop" else DeliveryRoute.HOTLINE
    outcome = DeliveryOutcome.HANDED_OVER if answers["channel"] == "shop" else DeliveryOutcome.READ_OUT
    if notice.is_open and answers["channel"] != "letter":
        attempt = Attempt("", route, outcome, answers["checked"])
        hand_over(request.viewer, notice, attempt, request.organization, now)
    appeal = find_appeal(notice)
    context = {"receipt": receipt, "notice": notice, "progress": present_progress(appeal) if appeal else None}
    return render(request, "notices/receipt.html", context)


def _list(request: SignedInRequest, form: FindForm, found: list[LimitNotice] | None = None) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "undelivered"
    rows = found if found is not None else list(_page_rows(request, show))
    context = {
        "form": form if request.viewer.has(*TAKERS) else None,
        "hears_appeals": request.viewer.has(*HEARERS),
        "rows": [present_row(row) for row in rows[:PAGE]],
        "next": rows[PAGE - 1].pk if len(rows) > PAGE and show in _BY_KEY else None,
        "others": _others(request) if show == "undelivered" and found is None else [],
        "shows": [(name, localize(words), name == show) for name, words in SHOWS.items()],
        "empty": EmptyState(_("No notices here."), "check"),
        "is_search": found is not None,
    }
    return render(request, "notices/list.html", context, status=422 if form.errors else 200)


def _others(request: SignedInRequest) -> list[Any]:
    """Return the notices that tell of no limit in force, with the titles of their processes."""
    if not request.viewer.has(*DELIVERERS):
        return []
    rows = list(find_other_notices(request.viewer)[:PAGE])
    titles = describe_titles([notice.instance for notice in rows])
    return [(notice, titles[notice.instance_id]) for notice in rows]


def _page_rows(request: SignedInRequest, show: str) -> Any:
    rows = find_limit_notices(show)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    return rows[: PAGE + 1]


def _detail(request: SignedInRequest, notice: LimitNotice, form: DeliveryForm) -> HttpResponse:
    appeal = find_appeal(notice)
    is_taker = request.viewer.has(*TAKERS) and find_handled_notices(request.viewer).filter(pk=notice.pk).exists()
    context = {
        "notice": notice,
        "facts": [*notice_facts(notice), FactItem(_("Delivery"), state_title(notice.state))],
        "attempts": present_attempts(notice),
        "progress": present_progress(appeal) if appeal else None,
        "appeal": appeal,
        "form": form if is_taker and notice.is_open else None,
        "may_print": is_taker,
        "may_appeal": is_taker and can_appeal(notice, to_actor(request.viewer)),
    }
    return render(request, "notices/notice.html", context, status=422 if form.errors else 200)


def _find(request: SignedInRequest, ref: str) -> LimitNotice:
    return get_object_or_404(find_handled_notices(request.viewer), ref=ref)
