"""Pages of statutory forms: the list, one with its values, its spreadsheet and export, and the sum."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import Malformed
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import find_instances, list_openings, load_processes, to_actor
from fanzha.command.statistics.form_definitions import load_forms
from fanzha.command.statistics.form_sheets import MOST_BYTES, compare_sheet
from fanzha.command.statistics.form_sums import add_up_forms
from fanzha.command.statistics.form_values import EDITABLE, PROCESS, Changer, FormRow, change_value, form_of, read_form
from fanzha.command.statistics.forms import FormSheetForm, ValueForm
from fanzha.command.statistics.models import FormSheet
from fanzha.command.statistics.periods import last_month, parse_period, recent_months
from fanzha.command.statistics.selectors import FILLERS, READERS
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import DataTable, EmptyState, ListRow
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import SUPERVISORS
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.processes.models import ProcessInstance

SHOWN_FORMS, SHOWN_SHEETS = 200, 10
_DASH = "–"


@signed_in(*READERS)
def form_list(request: SignedInRequest) -> HttpResponse:
    """List the forms that the viewer may read, the latest first."""
    found = find_instances().filter(process=PROCESS).select_related("owner", "version").order_by("-pk")
    rows = [
        ListRow(
            title=_form_title(instance),
            href=reverse("statistical_form", args=[instance.ref]),
            summary=localize(instance.version.process.states[instance.state].title),
            due=None if instance.ended_at else instance.clock_at,
            at=instance.changed_at,
            meta=(str(instance.owner),),
        )
        for instance in found[:SHOWN_FORMS]
    ]
    offers = list_openings(load_processes()[PROCESS], request.organization, to_actor(request.viewer))
    may_open = any(offer.allowed for offer in offers)
    context = {
        "rows": rows,
        "empty": EmptyState(_("No statutory form yet."), "list"),
        "new_url": reverse("process_open", args=[PROCESS, "open_form"]) if may_open else "",
        "sums": [(name, localize(form.title)) for name, form in load_forms().items()],
        "is_supervisor": request.viewer.kind in SUPERVISORS,
    }
    return render(request, "statistics/forms.html", context)


@signed_in(*READERS)
def form_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show a form with its values and where each comes from; somebody who fills it gives a value with the reason."""
    instance = _find(ref)
    may_fill = _may_fill(request, instance)
    form = ValueForm(read_form(instance), request.POST or None)
    if request.method == "POST" and may_fill and form.is_valid():
        given = form.cleaned_data
        try:
            changer = Changer.of(request.viewer, request.organization.ref)
            change_value(instance, given["field"], given["value"], given["reason"], changer, timezone.now())
        except Refusal as refused:
            form.add_error(None, localize(refused.words))
        else:
            messages.success(request, _("The value was stored."))
            return redirect("statistical_form", ref)
    context = _form_context(instance) | {
        "form": form if may_fill else None,
        "sheet_form": FormSheetForm(),
        "may_fill": may_fill,
    }
    return render(request, "statistics/form.html", context, status=422 if may_fill and form.errors else 200)


@signed_in(*FILLERS)
@require_POST
def form_sheet(request: SignedInRequest, ref: str) -> HttpResponse:
    """Compare the firm's own spreadsheet with the form."""
    instance = _find(ref)
    if instance.owner_id != request.viewer.organization:
        raise Http404
    form = FormSheetForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["sheet"]
        try:
            data = upload.read(MOST_BYTES + 1)
            changer = Changer.of(request.viewer, request.organization.ref)
            compare_sheet(instance, upload.name, data, changer, timezone.now())
        except Refusal as refused:
            form.add_error("sheet", localize(refused.words))
    if form.errors:
        context = _form_context(instance) | {"sheet_form": form, "may_fill": _may_fill(request, instance)}
        return render(request, "statistics/form.html", context, status=422)
    return redirect(f"{reverse('statistical_form', args=[ref])}#sheets")


@signed_in(*READERS)
def form_csv(request: SignedInRequest, ref: str) -> HttpResponse:
    """Return the values of a form as a CSV file, with two decimals."""
    instance = _find(ref)
    definition, period = form_of(instance)
    head = ("field", _("Heading"), _("Name of the field"), _("Unit of the field"), _("Value"), _("Reason"))
    rows = (
        (row.field.name, *(localize(words) for words in (row.field.heading, row.field.title, row.field.unit)),
         _number(row.value, ""), row.reason)
        for row in read_form(instance)
    )  # fmt: skip
    return _csv(f"{definition.name}-{period.key}.csv", [head, *rows])


@signed_in(*READERS, kinds=SUPERVISORS)
def form_sum(request: SignedInRequest, name: str) -> HttpResponse:
    """Show the sum of the audited forms of a period over organisations, also as a CSV file (`?as=csv`)."""
    if name not in load_forms():
        raise Http404
    now = timezone.now()
    try:
        period = parse_period(request.GET.get("period", ""))
    except Malformed:
        period = last_month(now)
    total = add_up_forms(name, period)
    head = (_("Field"), _("Unit of the field"), _("Total"), *(str(instance.owner) for instance in total.instances))
    cells = tuple(
        (_field_title(field), localize(field.unit), _number(whole), *(_number(value) for value in values))
        for field, whole, values in total.rows
    )
    if request.GET.get("as") == "csv":
        return _csv(f"{name}-{period.key}-sum.csv", [head, *cells])
    context = {
        "title": localize(total.definition.title),
        "table": DataTable(localize(total.definition.title), head, cells, frozenset(range(2, len(head)))),
        "period": period.key,
        "months": [month.key for month in recent_months(now, 18)],
        "count": len(total.instances),
        "csv_url": f"?{urlencode({'period': period.key, 'as': 'csv'})}",
        "waiting": [instance for instance in total.instances if instance.state == "audited"],
    }
    return render(request, "statistics/form_sum.html", context)


def _form_title(instance: ProcessInstance) -> str:
    definition, period = form_of(instance)
    return f"{localize(definition.title)} {period.key}"


def _form_context(instance: ProcessInstance) -> dict[str, Any]:
    definition, period = form_of(instance)
    rows = read_form(instance)
    titles = {row.field.name: _field_title(row.field) for row in rows}
    sheets = FormSheet.objects.filter(instance=instance).select_related("uploaded_by")[:SHOWN_SHEETS]
    return {
        "instance": instance,
        "state": localize(instance.version.process.states[instance.state].title),
        "title": localize(definition.title),
        "version": definition.version,
        "period": period.key,
        "rows": [_present(row, instance) for row in rows],
        "sheets": [
            {
                "sheet": sheet,
                "differences": [
                    (titles.get(str(name), name), theirs, ours or _DASH) for name, theirs, ours in sheet.differences
                ],
            }
            for sheet in sheets
        ],
    }


def _present(row: FormRow, instance: ProcessInstance) -> dict[str, Any]:
    """Return a field as the page shows it; a figure opens to the rows behind it."""
    field, lineage = row.field, row.lineage
    url = ""
    if lineage.get("figure"):
        part = "denominator" if lineage["part"] == "denominator" else "numerator"
        query = {"period": lineage["period"], "organization": instance.owner.ref, "part": part}
        url = f"{reverse('statistics_figure', args=[lineage['figure']])}?{urlencode(query)}"
    source = _("entered") if field.is_entered else _("computed")
    if lineage.get("outside"):
        source, url = _("number from outside"), reverse("outside_numbers")
    return {
        "title": _field_title(field), "unit": localize(field.unit), "value": _number(row.value), "source": source,
        "computed": _number(row.computed) if row.is_overridden else "", "reason": row.reason, "url": url,
        "rows": lineage.get("rows"),
    }  # fmt: skip


def _field_title(field: Any) -> str:
    heading = localize(field.heading)
    return f"{heading} · {localize(field.title)}" if heading else localize(field.title)


def _number(value: Decimal | None, empty: str = _DASH) -> str:
    return empty if value is None else f"{value:.2f}"


def _may_fill(request: SignedInRequest, instance: ProcessInstance) -> bool:
    is_own = instance.owner_id == request.viewer.organization
    return is_own and instance.state == EDITABLE and request.viewer.has(*FILLERS)


def _find(ref: str) -> ProcessInstance:
    rows = find_instances().filter(process=PROCESS).select_related("owner", "version")
    return get_object_or_404(rows, ref=ref)


def _csv(name: str, rows: Iterable[Iterable[str]]) -> HttpResponse:
    """Return a CSV file for spreadsheets; a cell that would be a formula begins with an apostrophe."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    for row in rows:
        writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])
    return answer


def _is_formula(cell: str) -> bool:
    """Return whether a spreadsheet would evaluate a cell (OWASP, CSV Injection); a negative number is none."""
    return cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and re.fullmatch(r"-[0-9.,]+", cell) is None)
