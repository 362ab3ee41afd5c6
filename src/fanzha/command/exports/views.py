"""Pages of exports and unmaskings."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from fanzha.base.masking import mask_numbers
from fanzha.base.whole_numbers import whole_number
from fanzha.command.exports.download import may_download, record_download
from fanzha.command.exports.evidence_unmasking import unmask_evidence, unmask_file
from fanzha.command.exports.export_settings import load_export_settings
from fanzha.command.exports.forms import ExportForm, UnmaskingFilterForm
from fanzha.command.exports.models import Export, ExportState, Unmasking
from fanzha.command.exports.presenters import export_facts, export_title, present_export, state_badge
from fanzha.command.exports.selectors import exports_to_approve
from fanzha.command.exports.services import DECIDERS, ExportRefused, decide_request, may_decide, request_export
from fanzha.command.exports.table import EXPORT_ROLES, all_tables, tables_for
from fanzha.command.exports.unmasking import UnmaskingRefused, unmask
from fanzha.command.exports.unmasking_presenters import repeated_search_rows, unmasking_rows, unusual_viewer_rows
from fanzha.command.exports.unmasking_review import repeated_searches, unusual_viewers
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import find_steps
from fanzha.command.subjects.selectors import display_subject, find_subjects
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import ActionButton, EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.reauthentication import AN_HOUR, require_confirmation_within
from fanzha.command.web.roles import MAY_UNMASK, Role

# Pages of exports: list, request, detail with progress, decision and download.

PAGE = 50


@signed_in(*EXPORT_ROLES)
def exports(request: HttpRequest) -> HttpResponse:
    """List the exports of the viewer's organisation: first those that wait for approval, the oldest on top."""
    waiting = exports_to_approve()
    others = Export.objects.select_related("person").exclude(state=ExportState.TO_APPROVE)
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        others, waiting = others.filter(pk__lt=before), waiting.none()
    page = list(others[: PAGE + 1])
    new = ActionButton(_("New export"), "new/", post=False, icon="download")
    context = {
        "waiting": [present_export(row) for row in waiting[:PAGE]],
        "rows": [present_export(row) for row in page[:PAGE]],
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "empty": EmptyState(_("Nothing has been exported."), "download", new),
    }
    return render(request, "exports/exports.html", context)


@signed_in(*EXPORT_ROLES)
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
        {"form": form, "table": table, "alone": load_export_settings().rows},
        status=422 if form.errors else 200,
    )


@signed_in(*EXPORT_ROLES)
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
        "may_download": may_download(row, viewer),
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
        messages.success(request, _("Approved. The file is being prepared.") if approve else _("Refused."))
    return redirect("export", ref)


@signed_in(*EXPORT_ROLES)
@require_POST
def download(request: SignedInRequest, ref: str) -> HttpResponseBase:
    """Send the file to the requester."""
    row = _export(ref)
    path = record_download(row, request.viewer)
    if path is None:
        raise Http404
    ending, kind = row.file_type
    name = f"fanzha-{row.table}-{row.ref}.{ending}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)


def _export(ref: str) -> Export:
    return get_object_or_404(Export.objects.select_related("owner", "person", "decided_by"), ref=ref)


# Unmask values, and show the privacy officer who unmasked what and which use is unusual.


@never_cache
@signed_in(*MAY_UNMASK)
@require_POST
@require_confirmation_within(AN_HOUR)
def unmask_subject(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show the unmasked value of a subject: in place for htmx, else on a page of its own."""
    subject = get_object_or_404(find_subjects(), ref=ref)
    purpose, case = request.POST.get("purpose", ""), request.POST.get("case", "")
    viewer = request.viewer
    return _answer(request, display_subject(subject), lambda: [unmask(viewer, subject, purpose, case)])


@never_cache
@signed_in(*MAY_UNMASK)
@require_POST
@require_confirmation_within(AN_HOUR)
def unmask_field(request: SignedInRequest, ref: str, number: int, name: str) -> HttpResponse:
    """Show the unmasked values of one evidence field of a step."""
    steps = find_steps().select_related("instance__owner", "instance__version")
    step = get_object_or_404(steps, instance__ref=ref, number=number)
    viewer = request.viewer
    title = mask_numbers(step.instance.title) or ref
    return _answer(request, title, lambda: unmask_evidence(viewer, step, name, request.POST.get("purpose", "")))


@never_cache
@signed_in(*MAY_UNMASK)
@require_POST
@require_confirmation_within(AN_HOUR)
def unmask_evidence_file(request: SignedInRequest, ref: str, number: int, name: str, place: int) -> HttpResponseBase:
    """Send a personal file of a step, by its index in the field."""
    steps = find_steps().select_related("instance__owner", "instance__version")
    step = get_object_or_404(steps, instance__ref=ref, number=number)
    viewer = request.viewer
    try:
        path = unmask_file(viewer, step, name, place, request.POST.get("purpose", ""))
    except UnmaskingRefused as refused:
        context = {"masked": mask_numbers(step.instance.title) or ref, "back": _back(request)}
        status = 403 if refused.forbidden else 422
        return render(request, "exports/unmasked.html", context | {"why_not": localize(refused.words)}, status=status)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{ref}-{number}-{name}-{place + 1}.bin")


def _answer(request: SignedInRequest, title: str, read: Callable[[], list[str] | None]) -> HttpResponse:
    """Render the values, in place for htmx, else on a page of its own, or the reason of a refusal."""
    context: dict[str, object] = {"masked": title, "purpose": request.POST.get("purpose", ""), "back": _back(request)}
    status = 200
    try:
        values = read()
    except UnmaskingRefused as refused:
        context["why_not"], status = localize(refused.words), 403 if refused.forbidden else 422
    else:
        if values is None:
            raise Http404
        context["values"] = values
    name = "exports/_unmasked.html" if request.htmx and status == 200 else "exports/unmasked.html"
    return render(request, name, context, status=status)


def _back(request: HttpRequest) -> str:
    """Return the referring page if it is on this site, else the home page."""
    referrer = request.META.get("HTTP_REFERER", "")
    is_local = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure())
    return referrer if is_local else reverse("home")


@signed_in(Role.PRIVACY_OFFICER)
def unmaskings(request: HttpRequest) -> HttpResponse:
    """Show unmaskings, unusual ones first."""
    form, now = UnmaskingFilterForm(request.GET), timezone.now()
    rows = Unmasking.objects.select_related("person").filter(form.to_condition())
    if (before := whole_number(request.GET.get("cursor", ""))) is not None:
        rows = rows.filter(Q(pk__lt=before))
    page = list(rows[: PAGE + 1])
    context = {
        "filter_form": form,
        "unusual_viewers": unusual_viewer_rows(unusual_viewers(now)),
        "repeated_searches": repeated_search_rows(repeated_searches(now)),
        "rows": unmasking_rows(page[:PAGE]),
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "empty": EmptyState(_("Nobody has unmasked a value. Whoever does is listed here with the purpose."), "eye"),
    }
    return render(request, "exports/unmaskings.html", context)
