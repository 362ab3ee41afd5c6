"""Propose a subject's number for the allowlist; a second person approves the resulting import."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.allowlist import PROPOSERS, propose_entry
from fanzha.command.subjects.forms import AllowlistForm, OpinionForm
from fanzha.command.subjects.models import Subject
from fanzha.command.subjects.views.subject import render_subject_page
from fanzha.command.web.access import signed_in
from fanzha.processes.refusal import Refusal


@signed_in(*PROPOSERS)
@require_POST
def spare_subject(request: SignedInRequest, ref: str) -> HttpResponse:
    """Propose an allowlist entry."""
    viewer = request.viewer
    row = get_object_or_404(Subject.objects, ref=ref)
    form = AllowlistForm(request.POST)
    if form.is_valid():
        try:
            submission = propose_entry(row, form.to_proposal(), viewer, timezone.now())
        except Refusal as refused:
            form.refuse(refused)
        else:
            confirmation = _("Proposed: it counts once a second person agrees.")
            messages.success(request, confirmation if submission.is_new else _("This very thing was proposed before."))
            return redirect("subject", row.ref)
    return render_subject_page(request, row, OpinionForm(), sparing=form)
