"""Share a subject with other organisations, ask them about it, and end shares."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.forms import OpinionForm, ShareForm
from fanzha.command.subjects.models import Share, Subject
from fanzha.command.subjects.shares import create_shares, end_share
from fanzha.command.subjects.views.subject import render_subject_page
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS
from fanzha.processes.refusal import Refusal


@signed_in(*DECIDERS)
@require_POST
def share_subject(request: SignedInRequest, ref: str) -> HttpResponse:
    """Share a subject; a question goes to the desks of those it is shared with."""
    viewer = request.viewer
    row = get_object_or_404(Subject.objects, ref=ref)
    form = ShareForm(viewer, request.POST)
    if not form.is_valid():
        return render_subject_page(request, row, OpinionForm(), form)
    create_shares(row, form.cleaned_data["receivers"], form.to_draft(), viewer, timezone.now())
    messages.success(request, _("Shared; their desks are told."))
    return redirect("subject", row.ref)


@signed_in(*DECIDERS)
@require_POST
def end_sharing(request: SignedInRequest, share: str) -> HttpResponse:
    """End a share."""
    viewer = request.viewer
    rows = Share.objects.filter(owner=viewer.organization).select_related("subject", "receiver")
    row = get_object_or_404(rows, ref=share)
    try:
        end_share(row, viewer, timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        messages.success(request, _("Ended: they read it no more."))
    return redirect("subject", row.subject.ref)
