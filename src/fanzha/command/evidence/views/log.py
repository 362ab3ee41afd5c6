"""The log as its readers see it: how it stands, what is on record, one entry with its proof; one press has it read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fanzha.base.whole_numbers import whole_number
from fanzha.command.audit.models import LogEntry
from fanzha.command.audit.tasks import check_log
from fanzha.command.evidence.entry_words import entry_words
from fanzha.command.evidence.filters import entry_page
from fanzha.command.evidence.forms import LogFilterForm
from fanzha.command.evidence.log_state import log_state
from fanzha.command.evidence.permissions import READERS
from fanzha.command.evidence.presenters import facts_of_entry, hashed_text, rows_of
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState


@signed_in(*READERS)
def log(request: HttpRequest) -> HttpResponse:
    """Show a page of the log."""
    form = LogFilterForm(request.GET)
    cursor = request.GET.get("cursor", "")
    page = entry_page(form.narrowed(), whole_number(cursor))
    told = {
        "state": log_state(),
        "narrow": form,
        "rows": rows_of(page.rows),
        "next": page.next,
        "empty": EmptyState(_("Nothing is on record that fits."), "shield"),
    }
    return render(request, "evidence/log.html", told)


@signed_in(*READERS)
def entry(request: HttpRequest, place: int) -> HttpResponse:
    """Show one entry."""
    row = get_object_or_404(LogEntry.objects, pk=place)
    told = {
        "row": row,
        "words": entry_words(row.kind, row.facts),
        "facts": facts_of_entry(row),
        "text": hashed_text(row),
        "digest": bytes(row.leaf).hex(),
    }
    return render(request, "evidence/entry.html", told)


@signed_in(*READERS)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Have the whole log read, beside the site; twice at once is of no use."""
    if not log_state().is_being_read:
        check_log.enqueue()
    messages.success(request, _("The log is being read. What comes of it will stand here."))
    return redirect("evidence")
