"""Pages of looks: ask for one, compare what visitors got, hand a page on."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.captures.evidence_disclosure import disclose_pack, disclose_screenshots
from fanzha.command.captures.forms import CaptureEvidenceForm, HandOnForm, LookForm
from fanzha.command.captures.models import Capture, CaptureSource, CaptureState
from fanzha.command.captures.presenters import (
    capture_facts,
    list_packages,
    present_capture,
    present_differences,
    present_personas,
    present_requests,
    present_shared,
    state_title,
)
from fanzha.command.captures.selectors import (
    LOOKERS,
    OWNERS,
    READERS,
    count_capture_states,
    find_captures,
    find_shared_assets,
    load_evidence,
)
from fanzha.command.captures.services import open_site_process, request_look
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

PAGE = 50


@signed_in(*READERS, kinds=OWNERS)
def capture_list(request: SignedInRequest) -> HttpResponse:
    """List the looks of the organisation, the latest first, and ask for one."""
    may_look = request.viewer.has(*LOOKERS)
    form = LookForm(request.POST or None)
    if request.method == "POST" and may_look and form.is_valid():
        actor = get_actor_ref(request.viewer, request.organization.ref)
        try:
            capture = request_look(request.organization, form.cleaned_data["url"], CaptureSource.DESK, asked_by=actor)
        except Refusal as refused:
            form.add_error("url", localize(refused.words))
        else:
            return redirect("capture", capture.ref)
    state = request.GET.get("state", "")
    rows = find_captures(state)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    page, counts = list(rows[: PAGE + 1]), count_capture_states()
    context = {
        "rows": [present_capture(capture) for capture in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "figures": [
            KeyFigure(f"{counts[name]:,}", state_title(name), f"{reverse('captures')}?state={name}")
            for name in CaptureState.values
        ],
        "form": form if may_look else None,
        "empty": EmptyState(_("No looks yet."), "list"),
        "is_filtered": state in CaptureState.values,
    }
    return render(request, "captures/list.html", context, status=422 if form.errors else 200)


@signed_in(*READERS, kinds=OWNERS)
def capture_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one look: visitors side by side, differences, requests, and pages with the same parts."""
    return _detail(request, _find(ref))


@signed_in(*LOOKERS, kinds=OWNERS)
@require_POST
def hand_capture_on(request: SignedInRequest, ref: str) -> HttpResponse:
    """Open the process of the page with its evidence."""
    capture, form = _find(ref), HandOnForm(request.POST)
    try:
        process = open_site_process(request.viewer, capture, victims=form.is_valid() and form.cleaned_data["victims"])
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("capture", ref)
    messages.success(request, _("Handed on; somebody judges it next."))
    return redirect("process", process)


@never_cache
@signed_in(*READERS, kinds=OWNERS)
@require_POST
def show_screenshots(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a look with what each visitor saw, for a purpose that is recorded."""
    capture, form = _find(ref), CaptureEvidenceForm(request.POST)
    record = load_evidence(capture)
    if record is None or not form.is_valid():
        return _detail(request, capture, form)
    try:
        pictures = disclose_screenshots(request.viewer, capture, record, form.cleaned_data["purpose"])
    except Refusal as refused:
        form.add_error(None, localize(refused.words))
        return _detail(request, capture, form)
    return _detail(request, capture, form, pictures)


@never_cache
@signed_in(*READERS, kinds=OWNERS)
@require_POST
def download_evidence(request: SignedInRequest, ref: str) -> HttpResponse | FileResponse:
    """Return the evidence of a look as a zip file, for a purpose that is recorded."""
    capture, form = _find(ref), CaptureEvidenceForm(request.POST)
    if not form.is_valid():
        return _detail(request, capture, form)
    try:
        pack = disclose_pack(request.viewer, capture, form.cleaned_data["purpose"])
    except Refusal as refused:
        form.add_error(None, localize(refused.words))
        return _detail(request, capture, form)
    return FileResponse(pack, as_attachment=True, filename=f"look-{capture.ref}.zip", content_type="application/zip")


def _detail(
    request: SignedInRequest,
    capture: Capture,
    form: CaptureEvidenceForm | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> HttpResponse:
    record = load_evidence(capture) if capture.state != CaptureState.WAITING else None
    may_hand_on = capture.state == CaptureState.SEEN and not capture.process and request.viewer.has(*LOOKERS)
    context = {
        "capture": capture,
        "facts": [fact for fact in capture_facts(capture, record) if fact.value],
        "personas": present_personas(capture, record, pictures or {}) if record else [],
        "differences": present_differences(record) if record else [],
        "requests": present_requests(record) if record else [],
        "packages": list_packages(record) if record else [],
        "shared": present_shared(find_shared_assets(capture)),
        "hand_on_form": HandOnForm() if may_hand_on and record else None,
        "evidence_form": (form or CaptureEvidenceForm()) if record is not None else None,
    }
    return render(request, "captures/capture.html", context, status=422 if form is not None and form.errors else 200)


def _find(ref: str) -> Capture:
    return get_object_or_404(find_captures(), ref=ref)
