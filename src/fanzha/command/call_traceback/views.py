"""Pages of tracebacks: list, new, one as a chain of hops, trunks, links and how operators answer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.call_traceback.forms import (
    LinkForm,
    NumbersPurposeForm,
    PartnerForm,
    TracebackForm,
    TrunkPartyForm,
)
from fanzha.command.call_traceback.links import our_public_keys, rotate_link_key, save_link
from fanzha.command.call_traceback.models import HopState
from fanzha.command.call_traceback.numbers import disclose_numbers
from fanzha.command.call_traceback.presenters import (
    change_badge,
    draw_chain,
    operator_table,
    present_hops,
    present_link,
    present_messages,
    present_row,
    present_trunk,
    traceback_facts,
)
from fanzha.command.call_traceback.selectors import (
    MANAGERS,
    OWNERS,
    READERS,
    TRACERS,
    TRUNK_KEEPERS,
    count_operators,
    find_tracebacks,
    list_links,
    list_trunk_parties,
    load_hops,
    load_messages,
    load_states,
)
from fanzha.command.call_traceback.services import begin_traceback
from fanzha.command.call_traceback.trunks import save_trunk_party
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

PAGE = 50


@signed_in(*READERS, kinds=OWNERS)
def traceback_list(request: SignedInRequest) -> HttpResponse:
    """List tracebacks, the latest first, and how operators answer."""
    rows = find_tracebacks()
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(pk__lt=before)
    page, now = list(rows[: PAGE + 1]), timezone.now()
    hops, states = load_hops(page[:PAGE]), load_states(page[:PAGE])
    counts = count_operators(now)
    context = {
        "rows": [present_row(row, states.get(row.process, ""), hops[row.pk], now) for row in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "empty": EmptyState(_("No call was traced yet. Begin with one whose number was altered."), "link"),
        "table": operator_table(counts) if counts else None,
        "may_trace": request.viewer.has(*TRACERS),
        "may_manage": request.viewer.has(*MANAGERS),
    }
    return render(request, "tracebacks/list.html", context)


@signed_in(*TRACERS, kinds=OWNERS)
def traceback_new(request: SignedInRequest) -> HttpResponse:
    """Begin to trace a call."""
    form = TracebackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = begin_traceback(request.viewer, form.to_body())
        except Refusal as refused:
            add_faults(form, refused)
        else:
            messages.success(request, _("The traceback has begun; your call records are being searched."))
            return redirect("traceback", row.ref)
    return render(request, "tracebacks/new.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@signed_in(*READERS, kinds=OWNERS)
def traceback_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one traceback as a chain of hops; with a purpose, its numbers too."""
    row = get_object_or_404(find_tracebacks(), ref=ref)
    hops, now = load_hops([row])[row.pk], timezone.now()
    state = load_states([row]).get(row.process, "")
    form = NumbersPurposeForm(request.POST or None)
    shown = request.method == "POST" and form.is_valid()
    if shown:
        disclose_numbers(row, hops, request.viewer, form.cleaned_data["purpose"])
    context = {
        "traceback": row,
        "facts": traceback_facts(row, state, shown=shown),
        "chart": draw_chain(hops, now),
        "hops": present_hops(hops, now, shown=shown),
        "changes": [change_badge(hop) for hop in hops if hop.caller_changed],
        "timeline": present_messages(load_messages(row)),
        "is_waiting": row.searched_at is None,
        "is_own_origin": any(hop.number == row.hop and hop.state == HopState.ORIGIN for hop in hops),
        "form": None if shown else form,
    }
    return render(request, "tracebacks/traceback.html", context, status=422 if form.errors else 200)


@signed_in
def traceback_process(request: SignedInRequest, ref: str) -> HttpResponse:
    """Lead from a process to its traceback; who reads the process alone stays there."""
    row = find_tracebacks().filter(process=ref).first()
    if row is None or not request.viewer.has(*READERS) or request.viewer.kind not in OWNERS:
        return redirect("process", ref)
    return redirect("traceback", row.ref)


@signed_in(*READERS, *MANAGERS, kinds=OWNERS)
def trunks(request: SignedInRequest) -> HttpResponse:
    """List who is behind which trunk, and enter one."""
    may_keep = request.viewer.has(*TRUNK_KEEPERS)
    form = TrunkPartyForm(request.POST or None, owner=request.viewer.organization) if may_keep else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            save_trunk_party(request.viewer, form.to_draft())
        except Refusal as refused:
            add_faults(form, refused)
        else:
            return redirect("traceback_trunks")
    parties = list_trunk_parties()
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        parties = parties.order_by("-pk").filter(pk__lt=before)
    page = list(parties.order_by("-pk")[: PAGE + 1])
    context = {
        "rows": [present_trunk(party) for party in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "empty": EmptyState(_("Nobody is on record for any trunk, so a person must answer each question."), "link"),
        "form": form,
        "may_read": request.viewer.has(*READERS),
    }
    return render(request, "tracebacks/trunks.html", context, status=422 if form is not None and form.errors else 200)


@signed_in(*MANAGERS, kinds=OWNERS)
def links(request: SignedInRequest) -> HttpResponse:
    """List the operators that can be asked, and choose another."""
    form = PartnerForm(request.GET if "partner" in request.GET else None, owner=request.viewer.organization)
    if form.is_bound and form.is_valid():
        return redirect("traceback_link", form.cleaned_data["partner"])
    rows = list(list_links())
    keys = {link.pk: our_public_keys(link) for link in rows}
    context = {
        "rows": [present_link(link, keys) for link in rows],
        "empty": EmptyState(_("No other operator is linked."), "link"),
        "form": form,
        "may_read": request.viewer.has(*READERS),
    }
    return render(request, "tracebacks/links.html", context)


@signed_in(*MANAGERS, kinds=OWNERS)
def link(request: SignedInRequest, partner: str) -> HttpResponse:
    """Show and change the link to one operator."""
    organization = get_object_or_404(active_organizations(), ref=partner)
    row = list_links().filter(partner=organization).first()
    names = LinkForm.base_fields
    form = LinkForm(request.POST or None, initial={name: getattr(row, name) for name in names} if row else None)
    if request.method == "POST" and form.is_valid():
        try:
            save_link(request.viewer, organization, **form.cleaned_data)
        except Refusal as refused:
            add_faults(form, refused)
        else:
            messages.success(request, _("The link was saved."))
            return redirect("traceback_link", partner)
    context = {"form": form, "link": row, "partner": organization, "keys": our_public_keys(row) if row else []}
    return render(request, "tracebacks/link.html", context, status=422 if form.errors else 200)


@signed_in(*MANAGERS, kinds=OWNERS)
@require_POST
def link_key(request: SignedInRequest, partner: str) -> HttpResponse:
    """Sign with a new key."""
    rotate_link_key(get_object_or_404(list_links(), partner__ref=partner), request.viewer)
    return redirect("traceback_link", partner)


def add_faults(form: forms.Form, refused: Refusal) -> None:
    """Show the reasons of a refusal beside their fields."""
    for name, words in (refused.fields or {"": refused.words}).items():
        form.add_error(name if name in form.fields else None, localize(words))
