"""Pages of app samples: list with upload, one sample, taking it out, erasing its file, handing it on."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.app_samples.forms import AppSampleForm, DownloadForm
from fanzha.command.app_samples.models import AppSample, SampleState
from fanzha.command.app_samples.presenters import (
    present_facts,
    present_origin,
    present_permissions,
    present_related,
    present_row,
    present_signers,
    present_signs,
    state_title,
)
from fanzha.command.app_samples.selectors import (
    HOLDERS,
    OWNERS,
    READERS,
    TAKERS,
    count_states,
    find_origins,
    find_related,
    find_samples,
    load_report,
)
from fanzha.command.app_samples.services import disclose_sample, erase_sample, open_app_process, take_sample
from fanzha.command.app_samples.tasks import queue_sample
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_actor_ref
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

PAGE = 50
MOST_LINKS = 200


@signed_in(*READERS, kinds=OWNERS)
def sample_list(request: SignedInRequest) -> HttpResponse:
    """List the samples of the organisation, the latest first; take one in."""
    form = AppSampleForm(request.POST or None, request.FILES or None)
    may_take = request.viewer.has(*TAKERS)
    if request.method == "POST" and may_take and form.is_valid():
        actor = get_actor_ref(request.viewer, request.organization.ref)
        try:
            chunks = form.cleaned_data["file"].chunks()
            sample = take_sample(request.organization, chunks, "desk", actor, form.cleaned_data["note"])
        except Refusal as refused:
            form.add_error("file", localize(refused.words))
        else:
            queue_sample(sample)
            messages.success(request, _("The file was taken in. It is read in the background."))
            return redirect("app_sample", sample.ref)
    state, text = request.GET.get("state", ""), request.GET.get("text", "")
    rows = find_samples(state, text)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    page, counts = list(rows[: PAGE + 1]), count_states()
    context = {
        "rows": [present_row(sample) for sample in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "figures": [
            KeyFigure(f"{counts[name]:,}", state_title(name), f"{reverse('app_samples')}?state={name}", name == "found")
            for name in (*SampleState.values, "found")
        ],
        "form": form if may_take else None,
        "text": text,
        "empty": EmptyState(_("No app samples here."), "list"),
        "is_filtered": bool(state or text),
    }
    return render(request, "app_samples/list.html", context, status=422 if form.errors and may_take else 200)


@signed_in(*READERS, kinds=OWNERS)
def sample_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one sample."""
    return _detail(request, _find(ref))


@never_cache
@signed_in(*HOLDERS, kinds=OWNERS)
@require_POST
def download_sample(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return the file of a sample in a container that nothing runs, for a purpose that is recorded."""
    sample, form = _find(ref), DownloadForm(request.POST)
    if not form.is_valid():
        return _detail(request, sample, form=form)
    try:
        container = disclose_sample(request.viewer, sample, form.cleaned_data["purpose"])
    except Refusal as refused:
        form.add_error(None, localize(refused.words))
        return _detail(request, sample, form=form)
    headers = {"Content-Disposition": f'attachment; filename="{sample.sha256}.quarantine"'}
    return HttpResponse(container, content_type="application/octet-stream", headers=headers)


@signed_in(*HOLDERS, kinds=OWNERS)
@require_POST
def erase_sample_view(request: SignedInRequest, ref: str) -> HttpResponse:
    """Erase the file of a sample; its facts stay."""
    try:
        erase_sample(request.viewer, _find(ref))
        messages.success(request, _("The file was erased. Its facts stay."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("app_sample", ref)


@signed_in(*TAKERS, kinds=OWNERS)
@require_POST
def hand_sample_on(request: SignedInRequest, ref: str) -> HttpResponse:
    """Report a sample as an indicator and show its process."""
    try:
        instance = open_app_process(request.viewer, _find(ref))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("app_sample", ref)
    messages.success(request, _("Reported as an indicator. People judge it there."))
    return redirect("process", instance.ref)


def _detail(request: SignedInRequest, sample: AppSample, *, form: DownloadForm | None = None) -> HttpResponse:
    report = load_report(sample)
    context = {
        "sample": sample,
        "facts": present_facts(sample, report),
        "signers": present_signers(report),
        "permissions": present_permissions(report),
        "signs": present_signs(report),
        "links": report.links[:MOST_LINKS] if report else (),
        "hosts": report.hosts[:MOST_LINKS] if report else (),
        "origins": [present_origin(origin) for origin in find_origins(sample)],
        "related": [present_related(related) for related in find_related(sample)],
        "download_form": (form or DownloadForm()) if _may_hold(request, sample) else None,
        "may_erase": _may_hold(request, sample),
        "may_hand_on": request.viewer.has(*TAKERS) and not sample.process and sample.state != SampleState.WAITING,
    }
    return render(request, "app_samples/sample.html", context, status=422 if form is not None and form.errors else 200)


def _may_hold(request: SignedInRequest, sample: AppSample) -> bool:
    return request.viewer.has(*HOLDERS) and sample.erased_at is None


def _find(ref: str) -> AppSample:
    return get_object_or_404(AppSample.objects.select_related("owner"), ref=ref)
