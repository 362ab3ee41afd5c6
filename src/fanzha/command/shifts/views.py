"""Pages of the board, of hand-overs, and of the digest."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.shifts.board import build_board
from fanzha.command.shifts.forms import DigestForm, HandoverForm, read_items
from fanzha.command.shifts.models import DigestChoice, Handover
from fanzha.command.shifts.selectors import WorkItem, describe_items, open_items
from fanzha.command.shifts.services import CAMPAIGN, Item, assign, choose_digest, hand_over
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import DECIDERS
from fanzha.processes.refusal import Refusal

#: Hand-overs that the page lists.
LATEST_SHOWN = 10


@signed_in
def board(request: SignedInRequest) -> HttpResponse:
    """Show the board."""
    context = {"columns": build_board(request.viewer, timezone.now()), "may_assign": request.viewer.has(*DECIDERS)}
    return render(request, "shifts/board.html", context)


@signed_in
@require_POST
def move_card(request: SignedInRequest) -> HttpResponse:
    """Assign the campaign or process of a card (`card` is `kind:ref`) to a person (`to`, a ref), or unassign it."""
    kind, _sign, ref = request.POST.get("card", "").partition(":")
    revision = whole_number(request.POST.get("revision", "")) if kind == CAMPAIGN else None
    try:
        together = assign(Item(kind, ref, revision=revision), request.POST.get("to", ""), request.viewer)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    else:
        tag = f"undo:{reverse('campaign_undo', args=[together])}" if together else ""
        messages.success(request, _("The card was moved."), extra_tags=tag)
    return redirect(f"{reverse('board')}#card-{ref}")


@dataclass(frozen=True)
class HandoverGroup:
    """Items of the hand-over page under one heading."""

    title: str
    items: list[WorkItem]


@signed_in
def handover(request: SignedInRequest) -> HttpResponse:
    """Show what the viewer works on, and hand it over to a colleague."""
    viewer, now = request.viewer, timezone.now()
    items, sent = open_items(viewer, now, person=viewer.person or 0, with_snoozed=True), read_items(request.POST)
    form = HandoverForm(viewer, {item.kind for item in sent or items}, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, refused = hand_over(sent, form.cleaned_data["to"].ref, form.cleaned_data["remark"], viewer)
        except Refusal as problem:
            messages.error(request, localize(problem.words))
        else:
            _report(request, made, refused)
            return redirect("handover_record", made.ref)
    context = {
        "form": form,
        "handover_groups": _groups(items),
        "latest": Handover.objects.select_related("person", "to")[:LATEST_SHOWN],
        "now": now,
    }
    return render(request, "shifts/handover.html", context, status=422 if form.errors else 200)


def _report(request: SignedInRequest, made: Handover, refused: list[Words]) -> None:
    messages.success(request, _("Handed over to %(person)s.") % {"person": made.to})
    for words in refused[:5]:
        messages.warning(request, localize(words))


def _groups(items: list[WorkItem]) -> list[HandoverGroup]:
    """Return late items, then snoozed ones, then the others."""
    late = [item for item in items if item.is_late]
    snoozed = [item for item in items if item.snoozed_until is not None]
    others = [item for item in items if not item.is_late and item.snoozed_until is None]
    groups = [HandoverGroup(_("Late"), late), HandoverGroup(_("Open"), others), HandoverGroup(_("Snoozed"), snoozed)]
    return [group for group in groups if group.items]


@signed_in
def digest(request: SignedInRequest) -> HttpResponse:
    """Let the viewer choose when a digest is mailed."""
    chosen = DigestChoice.objects.first()
    initial = {"time": chosen.time if chosen else "", "hour": chosen.hour if chosen else 8}
    form = DigestForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        choose_digest(form.cleaned_data["time"], form.cleaned_data["hour"], request.viewer)
        messages.success(request, _("Saved."))
        return redirect("digest")
    context = {"form": form, "mail_is_set_up": settings.MAIL_IS_SET_UP}
    return render(request, "shifts/digest.html", context, status=422 if form.errors else 200)


@signed_in
def handover_record(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show what was handed over, to be printed."""
    row = get_object_or_404(Handover.objects.select_related("person", "to", "owner"), ref=ref)
    items = describe_items(row.items, request.viewer, timezone.now())
    return render(request, "shifts/handover_record.html", {"handover": row, "items": items})
