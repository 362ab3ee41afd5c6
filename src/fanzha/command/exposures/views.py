"""Pages of exposures: cases as counts, files that were handed in, and the bases on which they are read."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.command.exposures.bases import (
    BASIS_ROLES,
    FILE_ROLES,
    OWNERS,
    READERS,
    WARNING_ROLES,
    confirm_basis,
    enter_basis,
    withdraw_basis,
)
from fanzha.command.exposures.exposure_warnings import find_channel_problem, request_warnings
from fanzha.command.exposures.forms import ExposureBasisForm, LogForm
from fanzha.command.exposures.intake import submit_file
from fanzha.command.exposures.models import ExposureBasis, ExposureFile, FileState
from fanzha.command.exposures.presenters import present_basis, present_figures, present_file
from fanzha.command.exposures.selectors import SHOWN_PEOPLE, disclose_people, find_case, list_cases
from fanzha.command.exposures.tasks import queue_file
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

SHOWN = 50


@signed_in(*READERS, kinds=OWNERS)
def exposures(request: SignedInRequest) -> HttpResponse:
    """List the cases in which people were exposed, and the latest files."""
    files = ExposureFile.objects.select_related("basis")[:SHOWN]
    may_submit = request.viewer.has(*FILE_ROLES)
    problem = find_channel_problem()
    context = {
        "cases": list_cases(),
        "files": [present_file(file) for file in files],
        "form": LogForm() if may_submit else None,
        "may_declare": request.viewer.has(*BASIS_ROLES),
        "problem": localize(problem) if problem else "",
    }
    return render(request, "exposures/exposures.html", context)


@signed_in(*FILE_ROLES, kinds=OWNERS)
@require_POST
def submit(request: SignedInRequest) -> HttpResponse:
    """Hand a file in. Without a valid basis it is not read, which is recorded."""
    form = LogForm(request.POST, request.FILES)
    form.fields["basis"].choices = [(request.POST.get("basis", ""), "")]  # type: ignore[attr-defined]
    if not form.is_valid():
        for fault in form.errors.values():
            messages.error(request, " ".join(map(str, fault)))
        return redirect("exposures")
    file = form.cleaned_data["file"]
    try:
        submitted = submit_file(
            request.organization, form.cleaned_data["basis"], file.name or "", file.chunks(), get_person(request.viewer)
        )
    except UsageError as error:
        messages.error(request, str(error))
        return redirect("exposures")
    if submitted.is_new:
        queue_file(submitted.file)
        messages.success(request, _("The file waits to be read."))
    elif submitted.file.state == FileState.REFUSED:
        messages.error(request, _("The file was not read: there is no valid basis."))
    else:
        messages.info(request, _("This file was handed in before."))
    return redirect("exposures")


@signed_in(*READERS, kinds=OWNERS)
def exposure_case(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a case as counts. A post with a purpose shows the masked numbers, which is charged and logged."""
    case = find_case(ref)
    if case is None:
        raise Http404
    people = None
    if request.method == "POST":
        try:
            people = disclose_people(request.viewer, ref, request.POST.get("purpose", ""))
        except Refusal as refused:
            messages.error(request, localize(refused.words))
    context = {
        "case": case,
        "title": ", ".join(case.names),
        "figures": present_figures(case),
        "people": people,
        "most": SHOWN_PEOPLE,
        "may_warn": request.viewer.has(*WARNING_ROLES) and bool(case.unwarned),
    }
    return render(request, "exposures/case.html", context)


@signed_in(*WARNING_ROLES, kinds=OWNERS)
@require_POST
def warn(request: SignedInRequest, ref: str) -> HttpResponse:
    """Have the people of a case warned who were not warned yet."""
    if find_case(ref) is None:
        raise Http404
    count = request_warnings(request.organization, ref, timezone.now(), get_person(request.viewer))
    text = ngettext("%(count)s person will be warned.", "%(count)s people will be warned.", count)
    messages.success(request, text % {"count": count})
    return redirect("exposure_case", ref)


@signed_in(*BASIS_ROLES, kinds=OWNERS)
def exposure_bases(request: SignedInRequest) -> HttpResponse:
    """List the bases of the organisation, and enter one."""
    form, person = ExposureBasisForm(request.POST or None, request.FILES or None), get_person(request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            enter_basis(request.organization, form.draft(), person)
        except Refusal as refused:
            for name, words in refused.fields.items():
                form.add_error(name, localize(words))
        else:
            messages.success(request, _("Entered. Another person has to confirm it before any file is read."))
            return redirect("exposure_bases")
    rows = ExposureBasis.objects.select_related("entered_by", "confirmed_by")[:SHOWN]
    now = timezone.now()
    context = {"form": form, "rows": [present_basis(row, person, now) for row in rows]}
    return render(request, "exposures/bases.html", context, status=422 if form.errors else 200)


@signed_in(*BASIS_ROLES, kinds=OWNERS)
@require_POST
def change_exposure_basis(request: SignedInRequest, ref: str) -> HttpResponse:
    """Confirm or withdraw a basis, by the field `do`."""
    basis = get_object_or_404(ExposureBasis.objects.select_related("owner"), ref=ref)
    act = confirm_basis if request.POST.get("do") == "confirm" else withdraw_basis
    try:
        act(basis, get_person(request.viewer))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("exposure_bases")
