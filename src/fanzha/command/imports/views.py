"""Pages of imports."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from fanzha.base.csv_cells import plain_cell
from fanzha.base.errors import UsageError
from fanzha.base.whole_numbers import whole_number
from fanzha.command.imports import uploads
from fanzha.command.imports.forms import UploadForm
from fanzha.command.imports.models import ImportJob, ImportState
from fanzha.command.imports.presenters import (
    allowlist_rows,
    import_counts,
    import_problem,
    import_title,
    may_approve,
    may_withdraw,
    present_import,
    state_badge,
)
from fanzha.command.imports.services import READER_ROLES, approve, importable_tables, submit_file, withdraw
from fanzha.command.imports.tasks import queue_import
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_person
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import DataTable, EmptyState, FactItem, KeyFigure
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.processes.refusal import Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Organization, Person


# Approve or withdraw an import as the second person.


@signed_in(Role.REVIEWER)
@require_POST
def approve_import(request: SignedInRequest, ref: str) -> HttpResponse:
    """Approve an import."""
    job = _job(ref)
    try:
        approve(job, _person(request))
        messages.success(request, _("It is in force now."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("import", ref)


@signed_in(Role.REVIEWER, Role.ADMINISTRATOR)
@require_POST
def withdraw_import(request: SignedInRequest, ref: str) -> HttpResponse:
    """Withdraw an import."""
    job = _job(ref)
    try:
        withdraw(job, _person(request))
        messages.success(request, _("It was withdrawn and is no longer in force."))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("import", ref)


def _job(ref: str) -> ImportJob:
    return get_object_or_404(ImportJob.objects.select_related("owner"), ref=ref)


def _person(request: SignedInRequest) -> Person:
    return get_person(request.viewer)


# Pages of imports: the list, and one import with its counts and rejected rows.

PAGE = 50
SHOWN_REJECTS = 100


@signed_in(*READER_ROLES)
def import_list(request: SignedInRequest) -> HttpResponse:
    """List imports, the latest first, and what can be imported."""
    rows = ImportJob.objects.select_related("made_by").order_by("-id")
    if cursor := request.GET.get("cursor", ""):
        before = whole_number(cursor)
        rows = rows.none() if before is None else rows.filter(pk__lt=before)
    jobs = list(rows[: PAGE + 1])
    tables = importable_tables(request.organization)
    context = {
        "rows": [present_import(job) for job in jobs[:PAGE]],
        "next": jobs[PAGE - 1].pk if len(jobs) > PAGE else None,
        "empty": EmptyState(_("Nothing has been imported yet."), "download"),
        "tables": [
            (reverse("import_new", args=[table.name]), localize(table.title), localize(table.about)) for table in tables
        ],
        "may_upload": request.viewer.has(Role.ADMINISTRATOR, Role.CLERK),
    }
    return render(request, "imports/listing.html", context)


@signed_in(*READER_ROLES)
def import_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one import; the page refreshes itself during ingestion."""
    job = get_object_or_404(ImportJob.objects.select_related("owner", "made_by", "decided_by"), ref=ref)
    rejects = [reject for reject, _n in zip(uploads.read_rejects(job.ref), range(SHOWN_REJECTS), strict=False)]
    context = {
        "job": job,
        "title": import_title(job),
        "badge": state_badge(job),
        "running": job.state in (ImportState.WAITING, ImportState.RUNNING),
        "figures": [KeyFigure(number, words) for number, words in import_counts(job)],
        "facts": _facts(job),
        "problem": import_problem(job),
        "rejects": rejects,
        "more_rejects": job.rejected - len(rejects),
        "allowlist_rows": allowlist_rows(job, SHOWN_REJECTS),
        "may_approve": may_approve(job, request.viewer),
        "may_withdraw": may_withdraw(job, request.viewer),
    }
    return render(request, "imports/import.html", context)


@signed_in(*READER_ROLES)
def rejects_csv(request: HttpRequest, ref: str) -> StreamingHttpResponse:
    """Return all rejects as CSV."""
    job = get_object_or_404(ImportJob, ref=ref)
    answer = StreamingHttpResponse(_lines(job.ref), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="rejects-{job.ref}.csv"'
    return answer


class _Echo:
    """A file-like object for csv.writer; `write` returns the line."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def _lines(ref: str) -> Iterator[str]:
    writer = csv.writer(_Echo())
    names = ("row", "column", "reason", "reason_zh", "value")
    yield "\ufeff" + str(writer.writerow(names))
    for reject in uploads.read_rejects(ref):
        yield str(writer.writerow([plain_cell(str(reject[name])) for name in names]))


def _facts(job: ImportJob) -> list[FactItem]:
    size = ngettext("%(count)s byte", "%(count)s bytes", job.size) % {"count": f"{job.size:,}"}
    facts = [
        FactItem(_("File"), f"{job.file_name} ({size})"),
        FactItem(_("SHA-256"), job.sha256),
        FactItem(_("Uploaded"), job.made_at),
        FactItem(_("Uploaded by"), str(job.made_by) if job.made_by else _("another system")),
    ]
    if job.decided_at:
        facts += [FactItem(_("Decided"), job.decided_at), FactItem(_("Decided by"), str(job.decided_by or "–"))]
    return facts


# Page to submit a file; it lists the expected columns.


@signed_in(Role.ADMINISTRATOR, Role.CLERK)
def upload_file(request: SignedInRequest, table: str) -> HttpResponse:
    """Show the form, or submit the file for a table."""
    owner: Organization = request.organization
    import_table = next((candidate for candidate in importable_tables(owner) if candidate.name == table), None)
    if import_table is None:
        raise Http404
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        person = get_person(request.viewer)
        try:
            job, is_new = submit_file(owner, table, file.name, file.chunks(), person)
        except UsageError as error:
            form.add_error("file", str(error))
        else:
            if is_new:
                queue_import(job)
            else:
                messages.info(request, _("This file was imported before. This is the result."))
            return redirect("import", job.ref)
    columns = DataTable(
        _("Columns"),
        (_("Column"), _("Meaning"), _("Also accepted"), ""),
        tuple(
            (
                column.name,
                localize(column.title),
                ", ".join((column.title.zh, *column.aliases)),
                _("required") if column.required else "",
            )
            for column in import_table.columns
        ),
    )
    context = {
        "form": form,
        "title": localize(import_table.title),
        "about": localize(import_table.about),
        "table": columns,
    }
    return render(request, "imports/upload.html", context, status=422 if form.errors else 200)
