"""Pages of research: agreements, partners' models beside ours, and tables with small cells withheld."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.words import Words
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.research.feature_columns import all_columns
from fanzha.command.research.forms import AgreementForm, PartnerModelForm, ResearchDecisionForm, TableForm
from fanzha.command.research.models import (
    ModelState,
    PartnerModel,
    ResearchAgreement,
    ResearchTable,
    TableState,
)
from fanzha.command.research.presenters import (
    agreement_badge,
    agreement_facts,
    comparison_figures,
    content_table,
    latest_comparison,
    look_alike_table,
    model_badge,
    model_facts,
    overlap_chart,
    present_agreement,
    present_model,
    present_table_row,
    recall_chart,
    run_table,
    table_badge,
    table_notes,
    table_title,
)
from fanzha.command.research.selectors import list_agreements, list_models, list_runs, list_tables
from fanzha.command.research.services import (
    APPROVERS,
    OWNERS,
    READERS,
    RECORDERS,
    SUBMITTERS,
    approve_agreement,
    decide_model,
    end_agreement,
    end_model,
    may_decide,
    record_agreement,
    submit_model,
)
from fanzha.command.research.table_services import ask_table, decide_table, encode_content, take_table
from fanzha.command.research.tasks import compute_research_table, queue_once, run_partner_model, try_partner_model
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import DataTable, EmptyState
from fanzha.command.web.i18n import localize
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet

SHOWN = 50


@signed_in(*READERS)
def research(request: SignedInRequest) -> HttpResponse:
    """List agreements, models and tables of the organisation, as owner of the data or as partner."""
    context = {
        "agreements": [present_agreement(row) for row in list_agreements()[:SHOWN]],
        "partner_models": [present_model(row) for row in list_models()[:SHOWN]],
        "tables": [present_table_row(row) for row in list_tables()[:SHOWN]],
        "no_agreements": EmptyState(_("No agreement is recorded."), "list"),
        "no_models": EmptyState(_("No model was submitted."), "list"),
        "no_tables": EmptyState(_("No table was asked for."), "list"),
        "may_record": _may_record(request),
        "may_submit": request.viewer.has(*SUBMITTERS),
    }
    return render(request, "research/research.html", context)


@signed_in(*READERS)
def columns(request: SignedInRequest) -> HttpResponse:
    """Show the published columns."""
    rows = tuple((column.name, localize(column.title)) for column in all_columns())
    table = DataTable(_("Published columns"), (_("column"), _("meaning")), rows)
    return render(request, "research/columns.html", {"table": table})


@signed_in(*RECORDERS, kinds=OWNERS)
def agreement_new(request: SignedInRequest) -> HttpResponse:
    """Record an agreement."""
    form = AgreementForm(request.POST or None, owner=request.viewer.organization)
    if request.method == "POST" and form.is_valid():
        partner = get_object_or_404(active_organizations(), ref=form.cleaned_data["partner"])
        try:
            row = record_agreement(partner, form.to_draft(), request.viewer)
        except Refusal as refused:
            _add_errors(form, refused)
        else:
            return redirect("research_agreement", row.ref)
    return _show_form(request, form, _("Record an agreement"))


@signed_in(*READERS)
def agreement(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show an agreement with what was done under it."""
    row = get_object_or_404(list_agreements(), ref=ref)
    used = ResearchTable.objects.filter(agreement=row).count()
    context = {
        "agreement": row,
        "badge": agreement_badge(row),
        "facts": agreement_facts(row),
        "used": used,
        "may_approve": row.approved_at is None
        and row.ended_at is None
        and may_decide(row.owner_id, row.actor, request.viewer),
        "may_end": row.ended_at is None and _may_record(request) and row.owner_id == request.viewer.organization,
        "partner_models": [present_model(found) for found in list_models().filter(agreement=row)[:SHOWN]],
        "tables": [present_table_row(found) for found in list_tables().filter(agreement=row)[:SHOWN]],
    }
    return render(request, "research/agreement.html", context)


@signed_in(*APPROVERS, kinds=OWNERS)
@require_POST
def agreement_approve(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve an agreement as the second person."""
    row = get_object_or_404(list_agreements(), ref=ref)
    _act(request, lambda: approve_agreement(row, request.viewer), _("Approved. It is in force."))
    return redirect("research_agreement", ref)


@signed_in(*RECORDERS, kinds=OWNERS)
@require_POST
def agreement_end(request: SignedInRequest, ref: str) -> HttpResponse:
    """End an agreement."""
    row = get_object_or_404(list_agreements(), ref=ref)
    _act(request, lambda: end_agreement(row, request.viewer), _("Ended. Its models run no more."))
    return redirect("research_agreement", ref)


@signed_in(*SUBMITTERS)
def model_new(request: SignedInRequest) -> HttpResponse:
    """Submit a model."""
    agreements = list(list_agreements().filter(ResearchAgreement.in_force(), allows_models=True))
    form = PartnerModelForm(request.POST or None, request.FILES or None, agreements=agreements)
    if request.method == "POST" and form.is_valid():
        chosen = next(row for row in agreements if row.ref == form.cleaned_data["agreement"])
        try:
            row = submit_model(chosen, form.to_draft(), request.viewer)
        except Refusal as refused:
            _add_errors(form, refused)
        else:
            queue_once(try_partner_model, row.owner_id, row.ref)
            return redirect("partner_model", row.ref)
    return _show_form(request, form, _("Submit a model"))


@signed_in(*READERS)
def model(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a model, its runs and its comparison with ours."""
    row = get_object_or_404(list_models(), ref=ref)
    runs = list_runs(row)
    found = latest_comparison(runs)
    decides = may_decide(row.owner_id, row.actor, request.viewer)
    is_over = row.state in (ModelState.ENDED, ModelState.REJECTED)
    is_owner = row.owner_id == request.viewer.organization
    context = {
        "model": row,
        "badge": model_badge(row),
        "problem": localize(Words(row.problem_zh, row.problem_en)),
        "facts": model_facts(row),
        "is_owner": is_owner,
        "figures": comparison_figures(found) if found else (),
        "charts": [recall_chart(found), overlap_chart(found)] if found else (),
        "look_alikes": look_alike_table(found) if found else None,
        "runs": run_table(runs) if runs else None,
        "decision_form": ResearchDecisionForm()
        if decides and row.state in (ModelState.CHECKED, ModelState.SUBMITTED, ModelState.UNFIT)
        else None,
        "may_approve": row.state == ModelState.CHECKED,
        "may_run": is_owner and row.state == ModelState.APPROVED and request.viewer.has(*SUBMITTERS),
        "may_end": is_owner and not is_over and request.viewer.has(*APPROVERS),
    }
    return render(request, "research/model.html", context)


@signed_in(*APPROVERS, kinds=OWNERS)
@require_POST
def model_decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve or reject a model by the field `do`, as the second person."""
    row, form = get_object_or_404(list_models(), ref=ref), ResearchDecisionForm(request.POST)
    approve = request.POST.get("do") == "approve"
    note = form.cleaned_data["note"] if form.is_valid() else ""
    done = _("Approved. It runs in shadow.") if approve else _("Rejected. Its file was deleted.")
    if _act(request, lambda: decide_model(row, request.viewer, approve=approve, note=note), done) and approve:
        queue_once(run_partner_model, row.owner_id, row.ref)
    return redirect("partner_model", ref)


@signed_in(*SUBMITTERS, kinds=OWNERS)
@require_POST
def model_run(request: SignedInRequest, ref: str) -> HttpResponse:
    """Run an approved model now, in the background."""
    row = get_object_or_404(_own_models(request), ref=ref, state=ModelState.APPROVED)
    queue_once(run_partner_model, row.owner_id, row.ref)
    messages.success(request, _("It runs in the background."))
    return redirect("partner_model", ref)


@signed_in(*APPROVERS, kinds=OWNERS)
@require_POST
def model_end(request: SignedInRequest, ref: str) -> HttpResponse:
    """End a model."""
    row = get_object_or_404(list_models(), ref=ref)
    _act(request, lambda: end_model(row, request.viewer), _("Ended. Its file and scores were deleted."))
    return redirect("partner_model", ref)


@signed_in(*SUBMITTERS)
def table_new(request: SignedInRequest) -> HttpResponse:
    """Ask for a table."""
    agreements = list(list_agreements().filter(ResearchAgreement.in_force(), allows_tables=True))
    form = TableForm(request.POST or None, agreements=agreements)
    if request.method == "POST" and form.is_valid():
        chosen = next(row for row in agreements if row.ref == form.cleaned_data["agreement"])
        try:
            row = ask_table(chosen, form.to_draft(), request.viewer)
        except Refusal as refused:
            _add_errors(form, refused)
        else:
            queue_once(compute_research_table, row.owner_id, row.ref)
            return redirect("research_table", row.ref)
    return _show_form(request, form, _("Ask for a table"))


@signed_in(*READERS)
def table(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a table: the owner sees it before its release, the partner afterwards."""
    row = get_object_or_404(list_tables(), ref=ref)
    is_owner = row.owner_id == request.viewer.organization
    is_shown = bool(row.content) and (row.state == TableState.RELEASED or is_owner)
    context = {
        "row": row,
        "title": table_title(row),
        "badge": table_badge(row),
        "notes": table_notes(row),
        "refused": localize(Words(row.refused_zh, row.refused_en)) if row.state == TableState.REFUSED else "",
        "table": content_table(row) if is_shown else None,
        "may_decide": row.state == TableState.READY and may_decide(row.owner_id, row.actor, request.viewer),
        "may_take": row.state == TableState.RELEASED and request.viewer.has(*SUBMITTERS),
    }
    return render(request, "research/table.html", context)


@signed_in(*APPROVERS, kinds=OWNERS)
@require_POST
def table_decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Release a table or refuse it by the field `do`, as the second person."""
    row, release = get_object_or_404(list_tables(), ref=ref), request.POST.get("do") == "release"
    try:
        if decide_table(row, request.viewer, release=release):
            queue_once(compute_research_table, row.owner_id, row.ref)
            messages.info(
                request, _("Another table was made meanwhile. It is computed anew and compared with that one.")
            )
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("research_table", ref)


@never_cache
@signed_in(*SUBMITTERS)
@require_POST
def table_file(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return a released table as CSV, or as JSON if the field `format` says so; it is on record who took it."""
    row = get_object_or_404(list_tables(), ref=ref)
    try:
        content = take_table(row, request.viewer)
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return redirect("research_table", ref)
    if request.POST.get("format") == "json":
        body, kind, suffix = encode_content(content | {"notes": table_notes(row)}), "application/json", "json"
    else:
        from fanzha.command.research.table_content import write_csv  # loads numpy, which pages do not need

        body, kind, suffix = write_csv(content, table_notes(row)), "text/csv; charset=utf-8", "csv"
    headers = {"Content-Disposition": f'attachment; filename="table-{row.ref}.{suffix}"'}
    return HttpResponse(body, content_type=kind, headers=headers)


def _show_form(request: SignedInRequest, form: forms.Form, title: str) -> HttpResponse:
    context = {"form": form, "title": title}
    return render(request, "research/form.html", context, status=422 if form.errors else 200)


def _act(request: SignedInRequest, act: Callable[[], object], done: str) -> bool:
    try:
        act()
    except Refusal as refused:
        messages.error(request, localize(refused.words))
        return False
    messages.success(request, done)
    return True


def _add_errors(form: forms.Form, refused: Refusal) -> None:
    for name, words in (refused.fields or {"": refused.words}).items():
        form.add_error(name if name in form.fields else None, localize(words))


def _own_models(request: SignedInRequest) -> QuerySet[PartnerModel]:
    return list_models().filter(owner=request.viewer.organization)


def _may_record(request: SignedInRequest) -> bool:
    return request.viewer.has(*RECORDERS) and request.viewer.kind in OWNERS
