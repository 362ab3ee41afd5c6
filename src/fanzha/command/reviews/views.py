"""Pages of samples: list with precision by detector, draw, one sample with its figures, marking, sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.reviews.forms import MarkForm, PlaceForm, SampleForm, SheetForm
from fanzha.command.reviews.models import ReviewSample
from fanzha.command.reviews.presenters import (
    agreement_facts,
    golden_facts,
    mark_title,
    marks_table,
    precision_table,
    present_sample,
    release_label,
    sample_facts,
    sample_title,
    state_badge,
)
from fanzha.command.reviews.selectors import (
    detector_precisions,
    find_samples,
    golden_agreements,
    list_open_items,
    own_progress,
    precision_by_band,
    sample_progress,
    summarize_sample,
)
from fanzha.command.reviews.services import (
    DRAWERS,
    MARKS,
    SHEET_BYTES,
    Place,
    draw_sample,
    mark_items,
    may_release,
    pack_folder,
    read_marker_sheet,
    release_place,
    write_marker_sheet,
)
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS
from fanzha.processes.refusal import Refusal

PAGE = 50
#: The keys that give a mark.
_KEYS = {"fraud": "1", "innocent": "2", "unclear": "3"}


@signed_in(*DECIDERS)
def sample_list(request: SignedInRequest) -> HttpResponse:
    """List the samples of the organisation, and the precision of each detector that follows from them."""
    rows = find_samples()
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    figures = detector_precisions(request.viewer)
    may_draw = request.viewer.has(*DRAWERS)
    new = ActionButton(_("Draw a sample"), reverse("review_sample_new"), post=False, main=True) if may_draw else None
    context = {
        "rows": [present_sample(sample) for sample in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "table": precision_table(figures, _("Precision by detector")) if figures else None,
        "new": new,
        "empty": EmptyState(_("No sample has been drawn yet."), "list", new),
    }
    return render(request, "reviews/samples.html", context)


@signed_in(*DRAWERS)
def new_sample(request: SignedInRequest) -> HttpResponse:
    """Draw a sample."""
    form = SampleForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("review_sample", draw_sample(form.to_request(), request.viewer).ref)
        except Refusal as refused:
            form.add_error(next(iter(refused.fields), None), localize(refused.words))
    return render(request, "reviews/new.html", {"form": form}, status=422 if form.errors else 200)


@signed_in(*DECIDERS)
def sample_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one sample: who marks it, and once both are done agreement and precision."""
    sample = _find(ref)
    return render(request, "reviews/sample.html", _detail(request, sample))


@never_cache
@signed_in(*DECIDERS)
def mark_page(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the next item to the viewer, and store the mark of the one before."""
    sample = _find(ref)
    if request.method == "POST":
        form = MarkForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose one of the three marks."))
            return redirect("review_mark", ref)
        try:
            mark_items(sample, {form.cleaned_data["item"]: form.cleaned_data["mark"]}, request.viewer)
        except Refusal as refused:
            messages.error(request, localize(refused.words))
            return redirect("review_sample", ref)
        sample.refresh_from_db()
    items = list_open_items(sample, request.viewer, limit=1)
    if not items:
        return redirect("review_sample", ref)
    own = own_progress(sample, request.viewer)
    context = {
        "sample": sample,
        "item": items[0],
        "done": own.total - own.open,
        "total": own.total,
        "marks": [(mark, mark_title(mark), _KEYS[mark]) for mark in MARKS],
    }
    return render(request, "reviews/mark.html", context)


@signed_in(*DECIDERS)
@require_POST
def release(request: SignedInRequest, ref: str) -> HttpResponse:
    """Release a place of a sample, so that somebody else can mark."""
    sample, form = _find(ref), PlaceForm(request.POST)
    if form.is_valid():
        try:
            release_place(sample, Place(form.cleaned_data["place"]), request.viewer)
            messages.success(request, _("The place was released and its marks were deleted."))
        except Refusal as refused:
            messages.error(request, localize(refused.words))
    return redirect("review_sample", ref)


@never_cache
@signed_in(*DECIDERS)
def sheet(request: SignedInRequest, ref: str) -> HttpResponse:
    """Send the viewer's sheet, or take it back filled in."""
    sample = _find(ref)
    try:
        if request.method == "POST":
            return _read_sheet(request, sample)
        data = write_marker_sheet(sample, request.viewer)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("review_sample", ref)
    return _file(data, f"fanzha-sample-{ref}.csv", "text/csv")


def _read_sheet(request: SignedInRequest, sample: ReviewSample) -> HttpResponse:
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["sheet"].size > SHEET_BYTES:
        messages.error(request, _("Choose the marked sheet: a CSV file of up to 4 MB."))
    else:
        marks = read_marker_sheet(sample, form.cleaned_data["sheet"].read())
        mark_items(sample, marks, request.viewer)
        messages.success(request, _("Marks read: %(count)s.") % {"count": f"{len(marks):,}"})
    return redirect("review_sample", sample.ref)


@never_cache
@signed_in(*DRAWERS)
@require_POST
def folder(request: SignedInRequest, ref: str) -> HttpResponse:
    """Send a settled sample as the folder of `fanzha sample`."""
    sample = _find(ref)
    try:
        data = pack_folder(sample)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("review_sample", ref)
    return _file(data, f"fanzha-sample-{ref}.zip", "application/zip")


def _find(ref: str) -> ReviewSample:
    return get_object_or_404(find_samples(), ref=ref)


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _detail(request: SignedInRequest, sample: ReviewSample) -> dict[str, Any]:
    viewer, result = request.viewer, summarize_sample(sample)
    return {
        "sample": sample,
        "title": sample_title(sample),
        "badge": state_badge(sample),
        "facts": sample_facts(sample, sample_progress(sample)),
        "open": own_progress(sample, viewer).open,
        "agreement": [*agreement_facts(result), *golden_facts(golden_agreements(sample))] if result else None,
        "marks_table": marks_table(MARKS, result.agreement) if result else None,
        "precision": precision_table(precision_by_band(result), _("Precision by detector and score"))
        if result and result.share
        else None,
        "may_take_out": bool(sample.settled_at) and viewer.has(*DRAWERS),
        "sheet_form": SheetForm(),
        "releases": [
            (place.value, release_label(sample, place, viewer)) for place in Place if may_release(sample, place, viewer)
        ],
    }
