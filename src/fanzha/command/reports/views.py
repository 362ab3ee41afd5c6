"""Pages of the desk: reports of the own organisation, taking one by phone, and calling a reporter back."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.masking import mask_numbers
from fanzha.base.whole_numbers import whole_number
from fanzha.command.app_samples.selectors import find_samples_from, may_read_samples
from fanzha.command.app_samples.services import SampleOriginKind
from fanzha.command.captures.selectors import describe_look, may_read_looks
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.reports.forms import DeskForm, ProtectionForm, PurposeForm, RewardForm
from fanzha.command.reports.models import PictureText, Report, ReportState
from fanzha.command.reports.presenters import present_row, report_facts, state_title
from fanzha.command.reports.report_looks import find_look
from fanzha.command.reports.report_processes import open_unopened
from fanzha.command.reports.rewards import (
    WATCHERS,
    ask_protection,
    callers_of,
    is_protected,
    list_looks,
    propose_reward,
)
from fanzha.command.reports.selectors import CALLERS, READERS, TAKERS, count_states, find_joined, find_reports
from fanzha.command.reports.services import OWNERS, disclose_contact, disclose_picture, submit_report
from fanzha.command.subjects.selectors import mask_value
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

PAGE = 50
#: Other reports of the same process that the page of a report lists.
MOST_JOINED = 20


@signed_in(*READERS, kinds=OWNERS)
def report_list(request: SignedInRequest) -> HttpResponse:
    """List the reports that the organisation received, the latest first."""
    state = request.GET.get("state", "")
    rows = find_reports(state)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    page, counts = list(rows[: PAGE + 1]), count_states()
    new = ActionButton(_("Take a report by phone"), reverse("report_new"), post=False, main=True)
    context = {
        "rows": [present_row(report) for report in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "figures": [
            KeyFigure(f"{counts[name]:,}", state_title(name), f"{reverse('reports')}?state={name}")
            for name in ReportState.values
        ],
        "new": new if request.viewer.has(*TAKERS) else None,
        "empty": EmptyState(_("No public reports yet."), "list"),
        "is_filtered": state in ReportState.values,
    }
    return render(request, "reports/list.html", context)


@signed_in(*TAKERS, kinds=OWNERS)
def new_report(request: SignedInRequest) -> HttpResponse:
    """Take a report by phone: the public questions on one screen. Show the receipt code to read out."""
    form = DeskForm(request.POST or None, initial={"nonce": secrets.token_hex(16)})
    if request.method == "POST" and form.is_valid():
        submission = form.to_submission()
        taker = get_actor_ref(request.viewer, request.organization.ref)
        code = submit_report(request.organization, submission, "", taker=taker)
        return render(request, "reports/taken.html", {"code": code, "is_paid": submission.is_paid})
    return render(request, "reports/new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*READERS, kinds=OWNERS)
def report_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one report."""
    return _detail(request, _find(ref))


@signed_in(*TAKERS, kinds=OWNERS)
@require_POST
def open_held(request: SignedInRequest, ref: str) -> HttpResponse:
    """Open the process of a report that was held back."""
    open_unopened(_find(ref), timezone.now())
    messages.success(request, _("The report is being handled."))
    return redirect("report", ref)


@never_cache
@signed_in(*CALLERS, kinds=OWNERS)
@require_POST
def show_contact(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show how to reach the reporter, for a purpose that is recorded."""
    report, form = _find(ref), PurposeForm(request.POST)
    _check_caller(request, report)
    if not form.is_valid() or not report.contact:
        return _detail(request, report, purpose_form=form)
    return _detail(request, report, contact=disclose_contact(request.viewer, report, form.cleaned_data["purpose"]))


@never_cache
@signed_in(*CALLERS, kinds=OWNERS)
@require_POST
def show_picture(request: SignedInRequest, ref: str, number: int) -> HttpResponse:
    """Return one picture of a report, for a purpose that is recorded: it may show who reported."""
    report, form = _find(ref), PurposeForm(request.POST)
    _check_caller(request, report)
    if not form.is_valid():
        return _detail(request, report, purpose_form=form)
    picture = disclose_picture(request.viewer, report, number, form.cleaned_data["purpose"])
    if picture is None:
        raise Http404
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    headers = {"Content-Disposition": f'attachment; filename="{report.ref}-{number}.{kind}"'}
    return HttpResponse(picture, content_type=f"image/{kind}", headers=headers)


@signed_in(Role.CLERK, Role.ANALYST, kinds=OWNERS)
@require_POST
def propose_report_reward(request: SignedInRequest, ref: str) -> HttpResponse:
    """Propose a reward for a report; somebody else decides on the page of its process."""
    report, form = _find(ref), RewardForm(request.POST)
    if not form.is_valid():
        return _detail(request, report, reward_form=form)
    try:
        instance = propose_reward(request.viewer, report, form.cleaned_data)
    except Refusal as refused:
        form.add_error(None, localize(refused.words))
        return _detail(request, report, reward_form=form)
    messages.success(request, _("The reward was proposed; another person decides."))
    return redirect("process", instance.ref)


@signed_in(*TAKERS, kinds=OWNERS)
@require_POST
def ask_report_protection(request: SignedInRequest, ref: str) -> HttpResponse:
    """Ask for the protection of a reporter who said so by phone or in person."""
    report, form = _find(ref), ProtectionForm(request.POST)
    if not form.is_valid():
        return _detail(request, report, protection_form=form)
    ask_protection(report, form.cleaned_data["danger"], request.viewer)
    messages.success(request, _("Protection was asked for. Fewer people can see the identity from now on."))
    return redirect("report", ref)


def _check_caller(request: SignedInRequest, report: Report) -> None:
    """Raise PermissionDenied unless the viewer may see who reported: fewer may once protection was asked for."""
    if not request.viewer.has(*callers_of(report)):
        raise PermissionDenied


def _detail(
    request: SignedInRequest,
    report: Report,
    *,
    contact: str = "",
    purpose_form: PurposeForm | None = None,
    reward_form: RewardForm | None = None,
    protection_form: ProtectionForm | None = None,
) -> HttpResponse:
    is_open = report.state in (ReportState.OPENED, ReportState.JOINED)
    to_open = ActionButton(_("Handle it now"), reverse("report_open", args=[report.ref]), main=True)
    look = find_look(report)
    context = {
        "report": report,
        "look": describe_look(look) if look is not None else "",
        "samples": find_samples_from(SampleOriginKind.REPORT, report.ref) if may_read_samples(request.viewer) else [],
        "look_ref": look.ref if look is not None and may_read_looks(request.viewer) else "",
        "facts": report_facts(report),
        "text": mask_numbers(report.text),
        "contact": contact,
        "may_call": bool(report.contact) and not contact and request.viewer.has(*callers_of(report)),
        "purpose_form": purpose_form or PurposeForm(),
        "pictures": range(1, len(report.screenshots) + 1) if request.viewer.has(*callers_of(report)) else (),
        "reward_form": (reward_form or RewardForm()) if request.viewer.has(Role.CLERK, Role.ANALYST) else None,
        "protection_form": _protection_form(request, report, protection_form),
        "looks": list_looks(report) if request.viewer.has(*WATCHERS) else None,
        "texts": _present_texts(report) if request.viewer.has(*callers_of(report)) else [],
        "may_pass_on": request.viewer.has(Role.CLERK) and bool(report.process),
        "joined": [present_row(other) for other in find_joined(report)[:MOST_JOINED]],
        "to_open": to_open if not is_open and request.viewer.has(*TAKERS) else None,
    }
    given = (purpose_form, reward_form, protection_form)
    status = 422 if any(form is not None and form.errors for form in given) else 200
    return render(request, "reports/report.html", context, status=status)


def _present_texts(report: Report) -> list[tuple[PictureText, str, list[str]]]:
    """Return the texts that were read in the pictures of a report, with numbers masked."""
    return [
        (row, mask_numbers(row.text), [mask_value(found["kind"], found["value"]) for found in row.found])
        for row in PictureText.objects.filter(report=report)
    ]


def _protection_form(request: SignedInRequest, report: Report, form: ProtectionForm | None) -> ProtectionForm | None:
    may_ask = request.viewer.has(*TAKERS) and not is_protected(report)
    return (form or ProtectionForm()) if may_ask else None


def _find(ref: str) -> Report:
    return get_object_or_404(find_reports(), ref=ref)
