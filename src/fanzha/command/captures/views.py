"""Pages of looks: ask for one, compare what visitors got, hand a page on."""

from __future__ import annotations

import zipfile
from io import BytesIO

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.captures.forms import HandOnForm, LookForm
from fanzha.command.captures.models import Capture, CaptureSource, CaptureState
from fanzha.command.captures.presenters import (
    capture_facts,
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
    find_evidence_file,
    find_shared_assets,
    load_evidence,
)
from fanzha.command.captures.services import hand_on, request_look
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.command.web.screenshots import UnusableScreenshot, strip_screenshot
from fanzha.processes.refusal import Refusal
from fanzha.store.look_queue import evidence_folder

PAGE = 50
#: Evidence above this is fetched from the machine itself.
MOST_PACK_BYTES = 60_000_000


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
    capture = _find(ref)
    record = load_evidence(capture) if capture.state != CaptureState.WAITING else None
    may_hand_on = capture.state == CaptureState.SEEN and not capture.process and request.viewer.has(*LOOKERS)
    context = {
        "capture": capture,
        "facts": [fact for fact in capture_facts(capture, record) if fact.value],
        "personas": present_personas(capture, record) if record else [],
        "differences": present_differences(record) if record else [],
        "requests": present_requests(record) if record else [],
        "shared": present_shared(find_shared_assets(capture)),
        "hand_on_form": HandOnForm() if may_hand_on and record else None,
        "has_evidence": record is not None,
    }
    return render(request, "captures/capture.html", context)


@signed_in(*LOOKERS, kinds=OWNERS)
@require_POST
def hand_capture_on(request: SignedInRequest, ref: str) -> HttpResponse:
    """Open the process of the page with its evidence."""
    capture, form = _find(ref), HandOnForm(request.POST)
    try:
        process = hand_on(request.viewer, capture, victims=form.is_valid() and form.cleaned_data["victims"])
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("capture", ref)
    messages.success(request, _("Handed on; somebody judges it next."))
    return redirect("process", process)


@never_cache
@signed_in(*READERS, kinds=OWNERS)
@require_GET
def show_screenshot(request: SignedInRequest, ref: str, persona: str) -> HttpResponse:
    """Return the screenshot of one visitor, stripped of everything but its pixels."""
    path = find_evidence_file(_find(ref), f"{persona}.png")
    if path is None:
        raise Http404
    try:
        picture = strip_screenshot(path.read_bytes())
    except UnusableScreenshot:
        raise Http404 from None
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": "inline"}
    return HttpResponse(picture, content_type="image/png", headers=headers)


@never_cache
@signed_in(*READERS, kinds=OWNERS)
@require_GET
def download_evidence(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return the evidence of a look as a zip file, which `fanzha fetch --check` verifies; handed-out files stay."""
    capture = _find(ref)
    folder = evidence_folder(capture.ref)
    paths = [path for path in sorted(folder.glob("*")) if path.is_file() and not path.is_symlink()]
    if not paths or sum(path.stat().st_size for path in paths) > MOST_PACK_BYTES:
        raise Http404
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.name)
    headers = {"Content-Disposition": f'attachment; filename="look-{capture.ref}.zip"'}
    return HttpResponse(packed.getvalue(), content_type="application/zip", headers=headers)


def _find(ref: str) -> Capture:
    return get_object_or_404(find_captures(), ref=ref)
