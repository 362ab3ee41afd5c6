"""Pages of figures: all of a period, one with the rows behind it, numbers from outside, and what is published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.statistics.definitions import (
    FigureMeasure,
    OutsideSource,
    RowSource,
    load_figures,
    load_outside_numbers,
)
from fanzha.command.statistics.figures import build_scope, compute_figure, counted_organizations, months_counted
from fanzha.command.statistics.forms import FigureFilterForm, OutsideValueForm, ProposalForm
from fanzha.command.statistics.models import FigurePublication, OutsideValue, PublicationState
from fanzha.command.statistics.outside_values import enter_value
from fanzha.command.statistics.periods import parse_period
from fanzha.command.statistics.presenters import (
    figure_facts,
    outside_titles,
    present_figure,
    present_figures,
    present_rows,
)
from fanzha.command.statistics.publications import (
    PROPOSERS,
    PUBLISHERS,
    decide_or_withdraw,
    find_publications,
    propose_publication,
)
from fanzha.command.statistics.row_tables import RowScope, select_rows
from fanzha.command.statistics.selectors import ENTERERS, READERS, kpis
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import DataTable, EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

PAGE = 50
SHOWN_VALUES = 200


@signed_in(*READERS)
def figure_list(request: SignedInRequest) -> HttpResponse:
    """Show all key figures of a period: the share of wrongful actions first, each with its pair."""
    form = FigureFilterForm(request.viewer, timezone.now(), request.GET)
    figures = kpis(form.organizations, form.chosen)
    context = {
        "filter_form": form,
        "rows": present_figures(figures, form.query),
        "period": form.chosen.key,
        "may_publish": request.viewer.kind in PUBLISHERS,
        "may_enter": request.viewer.has(*ENTERERS),
    }
    return render(request, "statistics/figures.html", context)


@signed_in(*READERS)
def figure_detail(request: SignedInRequest, name: str) -> HttpResponse:
    """Show one figure with its definition and, page by page, the rows of its numerator or denominator."""
    definition = load_figures().get(name)
    if definition is None:
        raise Http404
    form = FigureFilterForm(request.viewer, timezone.now(), request.GET)
    figure = compute_figure(definition, form.organizations, form.chosen)
    has_one_part = definition.denominator is None or definition.measure is FigureMeasure.QUANTILE
    parts = {
        "numerator": _("Rows of the numerator"),
        "denominator": _("Rows of the denominator"),
    }
    part = request.GET.get("part", "")
    part = "numerator" if has_one_part or part not in parts else part
    source = definition.numerator if part == "numerator" else definition.denominator
    context: dict[str, Any] = {
        "filter_form": form,
        "figure": present_figure(figure, form.query),
        "facts": figure_facts(definition),
        "part": part,
        "parts": {"numerator": _("Rows that are counted")} if has_one_part else parts,
        "query": form.query,
        "empty": EmptyState(_("No rows in this period."), "list"),
    }
    if isinstance(source, OutsideSource):
        context["outside"] = _outside_table(source.number, form)
    elif isinstance(source, RowSource):
        scope = build_scope(counted_organizations(definition, form.organizations), form.chosen)
        context |= _row_page(source, scope, request.GET.get("cursor", ""))
    return render(request, "statistics/figure.html", context)


def _row_page(source: RowSource, scope: RowScope, cursor: str) -> dict[str, Any]:
    rows = select_rows(source, scope)
    count = rows.count()
    if (before := whole_number(cursor)) is not None:
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    return {
        "count": count,
        "rows": present_rows(source, page[:PAGE]),
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
    }


def _outside_table(name: str, form: FigureFilterForm) -> DataTable:
    owners = [organization.pk for organization in form.organizations]
    rows = OutsideValue.objects.filter(name=name, owner__in=owners, month__in=months_counted(name, form.chosen))
    cells = tuple(
        (str(row.owner), row.month, f"{row.value:,}", row.source) for row in rows.select_related("owner")[:SHOWN_VALUES]
    )
    title = localize(load_outside_numbers()[name].title)
    return DataTable(title, (_("Organisation"), _("Calendar month"), _("Value"), _("Source")), cells, frozenset({2}))


@signed_in(*READERS)
def outside_numbers(request: SignedInRequest) -> HttpResponse:
    """List the numbers from outside of the own organisation, and enter one."""
    may_enter, now = request.viewer.has(*ENTERERS), timezone.now()
    form = OutsideValueForm(now, request.POST or None)
    if request.method == "POST" and may_enter and form.is_valid():
        try:
            enter_value(request.organization, form.to_entry(), get_person(request.viewer), now)
        except Refusal as refused:
            form.add_error(None, localize(refused.words))
        else:
            messages.success(request, _("The number was stored."))
            return redirect("outside_numbers")
    values = OutsideValue.objects.filter(owner=request.viewer.organization).select_related("entered_by")[:SHOWN_VALUES]
    titles = {name: title for name, title, _about in outside_titles(load_outside_numbers())}
    rows = tuple(
        (titles.get(row.name, row.name), row.month, f"{row.value:,}", row.source, str(row.entered_by or ""))
        for row in values
    )
    head = (_("Outside number"), _("Calendar month"), _("Value"), _("Source"), _("Entered by"))
    context = {
        "form": form if may_enter else None,
        "table": DataTable(_("Numbers entered"), head, rows, frozenset({2})),
        "numbers": outside_titles(load_outside_numbers()),
    }
    return render(request, "statistics/outside_numbers.html", context, status=422 if form.errors else 200)


@signed_in(*READERS, kinds=PUBLISHERS)
def publications(request: SignedInRequest) -> HttpResponse:
    """List what was proposed and published, and propose a figure."""
    may_propose, now = request.viewer.has(*PROPOSERS), timezone.now()
    form = ProposalForm(now, request.POST or None)
    if request.method == "POST" and may_propose and form.is_valid():
        given = form.cleaned_data
        try:
            period, person = parse_period(given["period"]), get_person(request.viewer)
            propose_publication(request.viewer, person, given["figure"], period, given["reason"], now)
        except Refusal as refused:
            form.add_error(None, localize(refused.words))
        else:
            messages.success(request, _("Proposed; another person decides."))
            return redirect("publications")
    rows = [
        {
            "row": row,
            "title": localize(load_figures()[row.figure].title) if row.figure in load_figures() else row.figure,
            "may_decide": _may_decide(request, row),
            "may_withdraw": row.state == PublicationState.PUBLISHED and request.viewer.has(Role.REVIEWER),
        }
        for row in find_publications().filter(owner=request.viewer.organization)[:SHOWN_VALUES]
    ]
    context = {"form": form if may_propose else None, "rows": rows}
    return render(request, "statistics/publications.html", context, status=422 if form.errors else 200)


@signed_in(Role.REVIEWER, kinds=PUBLISHERS)
@require_POST
def decide(request: SignedInRequest, ref: str) -> HttpResponse:
    """Publish, refuse or withdraw by the field `do`."""
    row = get_object_or_404(find_publications().filter(owner=request.viewer.organization), ref=ref)
    try:
        decide_or_withdraw(row, request.POST.get("do", ""), get_person(request.viewer), timezone.now())
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("publications")


def _may_decide(request: SignedInRequest, row: FigurePublication) -> bool:
    is_waiting = row.state == PublicationState.PROPOSED
    return is_waiting and request.viewer.has(Role.REVIEWER) and row.proposed_by_id != request.viewer.person
