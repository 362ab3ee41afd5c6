"""Give an opinion on a subject, or take one's own organisation's back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import Malformed
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.bulk_requests import get_or_create_value_subject
from fanzha.command.subjects.forms import OpinionForm
from fanzha.command.subjects.models import OpinionRow, Subject
from fanzha.command.subjects.opinions import give_opinions, retract_opinion
from fanzha.command.subjects.views.subject import render_subject_page
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS
from fanzha.processes.refusal import Refusal


@signed_in(*DECIDERS)
@require_POST
def give_opinion(request: SignedInRequest, ref: str) -> HttpResponse:
    """Give an opinion on a subject."""
    viewer = request.viewer
    row = get_object_or_404(Subject.objects, ref=ref)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return render_subject_page(request, row, form)
    try:
        give_opinions([row], form.to_draft(), viewer, timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        messages.success(request, _("Your organisation's opinion counts from now on."))
    return redirect("subject", row.ref)


@signed_in(*DECIDERS)
@require_POST
def give_first_opinion(request: SignedInRequest) -> HttpResponse:
    """Give an opinion on a value that has no subject yet."""
    viewer = request.viewer
    form, now = OpinionForm(request.POST), timezone.now()
    value = request.POST.get("value", "")
    try:
        if form.is_valid():
            row = get_or_create_value_subject(request.POST.get("kind", ""), value, now)
            give_opinions([row], form.to_draft(), viewer, now)
            messages.success(request, _("Your organisation's opinion counts from now on."))
            return redirect("subject", row.ref)
        messages.error(request, _("Say what you think of it, and why."))
    except (Refusal, Malformed):
        messages.error(request, _("This is no value that an opinion can be given on."))
    return redirect("subjects")


@signed_in(*DECIDERS)
@require_POST
def withdraw_opinion(request: SignedInRequest, opinion: str) -> HttpResponse:
    """Take an opinion back."""
    viewer = request.viewer
    rows = OpinionRow.objects.filter(owner=viewer.organization).select_related("subject")
    row = get_object_or_404(rows, opinion_id=opinion)
    try:
        retract_opinion(row, request.POST.get("why", "").strip(), viewer, timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        messages.success(request, _("Withdrawn; the verdict was made anew without it."))
    return redirect("subject", row.subject.ref)
