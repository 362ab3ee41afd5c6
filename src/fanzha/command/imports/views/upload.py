"""Page to submit a file; it lists the expected columns."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanzha.base.errors import WrongCall
from fanzha.command.imports.forms import HandInForm
from fanzha.command.imports.services import importable_tables, submit_file
from fanzha.command.imports.tasks import read_import
from fanzha.command.organizations.models import Organization, Person
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import DataTable
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role


@signed_in(Role.ADMINISTRATOR, Role.CLERK)
def upload_file(request: SignedInRequest, table: str) -> HttpResponse:
    """Show the form, or submit the file for a table."""
    owner: Organization = request.organization
    import_table = next((candidate for candidate in importable_tables(owner) if candidate.name == table), None)
    if import_table is None:
        raise Http404
    form = HandInForm(request.POST, request.FILES) if request.method == "POST" else HandInForm()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        person = Person.objects.get(pk=request.viewer.person or 0)
        try:
            job, is_new = submit_file(owner, table, file.name, file.chunks(), person)
        except WrongCall as error:
            form.add_error("file", str(error))
        else:
            if is_new:
                read_import.enqueue(job.pk)
            else:
                messages.info(request, _("This very file was imported before; here is what came of it."))
            return redirect("import", job.ref)
    columns = DataTable(
        _("Columns"),
        (_("Column"), _("What it holds"), _("Also called"), ""),
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
    return render(request, "imports/handing_in.html", context, status=422 if form.errors else 200)
