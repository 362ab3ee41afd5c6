"""Pages of the log."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.errors import FanzhaError
from fanzha.base.whole_numbers import whole_number
from fanzha.command.audit.selectors import log_entries, log_state, public_key
from fanzha.command.audit.services import request_check
from fanzha.command.evidence.entry_words import entry_words
from fanzha.command.evidence.forms import LogFilterForm, PackForm
from fanzha.command.evidence.pack_builder import NeedsSecondPerson, PackRequest, make_pack
from fanzha.command.evidence.permissions import READERS, SHOWN_PERSONAL
from fanzha.command.evidence.presenters import entry_facts, hashed_text, to_list_rows
from fanzha.command.evidence.selectors import entry_page
from fanzha.command.exports.selectors import load_export_settings
from fanzha.command.exports.services import UnmaskingRefused, request_pack
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.processes.selectors import to_actor
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.i18n import localize
from fanzha.command.web.reauthentication import AN_HOUR, require_confirmation_within

# Pages of the log: its state and entries, one entry with its digest, and the start of a verification.


@signed_in(*READERS)
def log(request: HttpRequest) -> HttpResponse:
    """Show a page of the log."""
    form = LogFilterForm(request.GET)
    cursor = request.GET.get("cursor", "")
    page = entry_page(form.to_filter(), whole_number(cursor))
    context = {
        "state": log_state(),
        "filter_form": form,
        "rows": to_list_rows(page.rows),
        "next": page.next,
        "empty": EmptyState(_("No entries match. Choose other dates or another kind, or clear the filters."), "shield"),
    }
    return render(request, "evidence/log.html", context)


@signed_in(*READERS)
def entry(request: HttpRequest, place: int) -> HttpResponse:
    """Show one entry."""
    row = get_object_or_404(log_entries(), pk=place)
    context = {
        "row": row,
        "words": entry_words(row.kind, row.facts),
        "facts": entry_facts(row),
        "text": hashed_text(row),
        "digest": bytes(row.leaf).hex(),
    }
    return render(request, "evidence/entry.html", context)


@signed_in(*READERS)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Start a verification of the whole log in the background, unless one is running."""
    request_check()
    messages.success(request, _("The log is being checked. The result will be shown here."))
    return redirect("evidence")


# Request an evidence pack of a case and download it.


@signed_in(*READERS)
def pack(request: SignedInRequest) -> HttpResponseBase:
    """Show the request form, or send the pack."""
    viewer = request.viewer
    may_show = viewer.has(*SHOWN_PERSONAL)
    if request.method != "POST":
        return _form(request, PackForm(may_show, initial={"ref": request.GET.get("ref", "")}))
    form = PackForm(may_show, request.POST)
    if not form.is_valid():
        return _form(request, form, 422)
    values, actor = form.cleaned_data, to_actor(viewer)
    pack_request = PackRequest(
        values["ref"].strip(), values["purpose"], actor.person, actor.organization, values.get("personal", False)
    )
    send = require_confirmation_within(AN_HOUR)(_send) if pack_request.personal else _send
    return send(request, form, pack_request)


def _send(request: SignedInRequest, form: PackForm, pack_request: PackRequest) -> HttpResponse:
    viewer = request.viewer
    try:
        archive = make_pack(pack_request, viewer).zip
    except NeedsSecondPerson as limit:
        export = request_pack(viewer, pack_request.ref, pack_request.purpose, limit.values)
        messages.info(
            request,
            _("This pack holds much personal data. A second person must approve it; you can then download it here."),
        )
        return redirect("export", export.ref)
    except FanzhaError as error:
        form.add_error(None, error.what)
    except UnmaskingRefused as error:
        form.add_error(None, localize(error.words))
    else:
        return zip_response(pack_request.ref, archive)
    return _form(request, form, 422)


def zip_response(ref: str, archive: bytes) -> HttpResponse:
    """Return a pack as a file download."""
    name = "".join(character for character in ref if character.isalnum() or character in "-_")
    headers = {"Content-Disposition": f'attachment; filename="fanzha-evidence-{name}.zip"'}
    return HttpResponse(archive, content_type="application/zip", headers=headers)


def _form(request: HttpRequest, form: PackForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "key": public_key(), "alone": load_export_settings().personal_values}
    return render(request, "evidence/pack.html", context, status=status)
