"""Pages of exports: list, request, detail with progress, decision and download."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.exports.download import may_download, open_download
from fanzha.command.exports.export_settings import export_settings
from fanzha.command.exports.forms import ExportForm
from fanzha.command.exports.models import Export, ExportState
from fanzha.command.exports.presenters import export_facts, export_title, state_badge, to_list_row
from fanzha.command.exports.services import DECIDERS, ExportRefused, decide_request, may_decide, request_export
from fanzha.command.exports.table import TAKERS, all_tables, tables_for
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState
from fanzha.command.web.i18n import localize

PAGE = 50


@signed_in(*TAKERS)
def exports(request: HttpRequest) -> HttpResponse:
    """List the exports of the viewer's organisation: first those that wait for approval, the oldest on top."""
    rows = Export.objects.select_related("person")
    waiting = rows.filter(state=ExportState.TO_APPROVE).order_by("pk")
    others = rows.exclude(state=ExportState.TO_APPROVE)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        others, waiting = others.filter(pk__lt=before), waiting.none()
    page = list(others[: PAGE + 1])
    new = ActionButton(_("New export"), "new/", post=False, icon="download")
    context = {
        "waiting": [to_list_row(one) for one in waiting[:PAGE]],
        "rows": [to_list_row(one) for one in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "empty": EmptyState(_("Nothing was taken out."), "download", new),
    }
    return render(request, "exports/exports.html", context)


@signed_in(*TAKERS)
def new_export(request: SignedInRequest) -> HttpResponse:
    """Choose a table, then state the purpose."""
    viewer = request.viewer
    name = request.POST.get("table", request.GET.get("table", ""))
    table = all_tables().get(name)
    if not name:
        return render(request, "exports/tables.html", {"tables": tables_for(viewer)})
    if table is None or not table.is_for(viewer):
        raise Http404
    form = ExportForm(table, viewer, request.POST or None, initial={"case": request.GET.get("case", "")})
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("export", request_export(viewer, form.to_request()).ref)
        except ExportRefused as refused:
            form.add_error(None, localize(refused.words))
    return render(
        request,
        "exports/new.html",
        {"form": form, "table": table, "alone": export_settings().rows},
        status=422 if form.errors else 200,
    )


@signed_in(*TAKERS)
def export(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one export. htmx requests get only the progress."""
    row = _export(ref)
    viewer = request.viewer
    can_decide = row.state == ExportState.TO_APPROVE and may_decide(row, viewer)
    context = {
        "export": row,
        "title": export_title(row),
        "badge": state_badge(row),
        "facts": export_facts(row),
        "may_take": may_download(row, viewer),
        "may_decide": can_decide,
    }
    name = "exports/_progress.html" if request.htmx else "exports/export.html"
    return render(request, name, context)


@signed_in(*DECIDERS)
@require_POST
def decision(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve or refuse an export as a second person."""
    row = _export(ref)
    approve = request.POST.get("approve") == "yes"
    try:
        decide_request(row, request.viewer, approve=approve, note=request.POST.get("note", ""))
    except ExportRefused as refused:
        messages.warning(request, localize(refused.words))
    else:
        messages.success(request, _("Approved: it is being made.") if approve else _("Refused."))
    return redirect("export", ref)


@signed_in(*TAKERS)
@require_POST
def download(request: SignedInRequest, ref: str) -> HttpResponseBase:
    """Send the file to the requester."""
    row = _export(ref)
    path = open_download(row, request.viewer)
    if path is None:
        raise Http404
    ending, kind = row.file_type
    name = f"fanzha-{row.table}-{row.ref}.{ending}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)


def _export(ref: str) -> Export:
    return get_object_or_404(Export.objects.select_related("owner", "person", "decided_by"), ref=ref)
