"""Pages of the text of pictures: the impact assessments of the organisation, and passing a text on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.reports.forms import AssessmentForm
from fanzha.command.reports.models import PictureBasis
from fanzha.command.reports.picture_basis import ASSESSORS, approve_assessment, end_assessment, record_assessment
from fanzha.command.reports.picture_text import is_installed
from fanzha.command.reports.picture_worker import pass_text_on
from fanzha.command.reports.rewards import callers_of
from fanzha.command.reports.selectors import CALLERS, find_reports
from fanzha.command.reports.services import OWNERS
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Badge, Tone
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person

SHOWN = 50


class AssessmentRow(NamedTuple):
    """An impact assessment, its state, and what the viewer may do with it."""

    basis: PictureBasis
    badge: Badge
    may_approve: bool
    may_end: bool


@signed_in(*ASSESSORS, kinds=OWNERS)
def picture_assessments(request: SignedInRequest) -> HttpResponse:
    """List the impact assessments of the organisation, and record one."""
    form, person = AssessmentForm(request.POST or None), get_person(request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            record_assessment(request.organization, form.to_assessment(), person)
        except Refusal as refused:
            for name, words in refused.fields.items():
                form.add_error(name, localize(words))
        else:
            messages.success(request, _("Recorded. Another person has to approve it before any picture is read."))
            return redirect("picture_assessments")
    rows = PictureBasis.objects.select_related("recorded_by", "approved_by")[:SHOWN]
    context = {"form": form, "rows": [_present(row, person) for row in rows], "is_installed": is_installed()}
    return render(request, "reports/pictures.html", context, status=422 if form.errors else 200)


@signed_in(*ASSESSORS, kinds=OWNERS)
@require_POST
def change_picture_assessment(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve or end an impact assessment, by the field `do`."""
    basis = get_object_or_404(PictureBasis.objects.select_related("owner"), ref=ref)
    act = approve_assessment if request.POST.get("do") == "approve" else end_assessment
    try:
        act(basis, get_person(request.viewer))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("picture_assessments")


@signed_in(*CALLERS, kinds=OWNERS)
@require_POST
def pass_picture_text_on(request: SignedInRequest, ref: str, number: int) -> HttpResponse:
    """Add the text of a picture to the facts of the process, so that receivers get it."""
    report = get_object_or_404(find_reports(), ref=ref)
    if not request.viewer.has(*callers_of(report)):
        raise PermissionDenied
    try:
        pass_text_on(request.viewer, report, number)
        messages.success(request, _("The text was passed on."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("report", ref)


def _present(row: PictureBasis, person: Person) -> AssessmentRow:
    now = timezone.now()
    is_over = row.ended_at is not None or row.until <= now
    if is_over:
        badge = Badge(_("ended"))
    elif row.approved_at is None:
        badge = Badge(_("waits for a second person"), "", Tone.WARN)
    else:
        badge = Badge(_("in force"))
    may_approve = not is_over and row.approved_at is None and row.recorded_by_id != person.pk
    return AssessmentRow(row, badge, may_approve, not is_over)
