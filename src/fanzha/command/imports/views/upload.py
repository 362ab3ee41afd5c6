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
    """Take a file for a table."""
    owner: Organization = request.organization
    found = next((one for one in importable_tables(owner) if one.name == table), None)
    if found is None:
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
                one.name,
                localize(one.title),
                ", ".join((one.title.zh, *one.aliases)),
                _("required") if one.required else "",
            )
            for one in found.columns
        ),
    )
    context = {"form": form, "title": localize(found.title), "about": localize(found.about), "table": columns}
    return render(request, "imports/handing_in.html", context, status=422 if form.errors else 200)
