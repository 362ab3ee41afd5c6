"""Pages of the log: its state and entries, one entry with its digest, and the start of a verification."""

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
from fanzha.command.evidence.presenters import entry_facts, hashed_text, to_list_rows
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState


@signed_in(*READERS)
def log(request: HttpRequest) -> HttpResponse:
    """Show a page of the log."""
    form = LogFilterForm(request.GET)
    cursor = request.GET.get("cursor", "")
    page = entry_page(form.to_filter(), whole_number(cursor))
    context = {
        "state": log_state(),
        "narrow": form,
        "rows": to_list_rows(page.rows),
        "next": page.next,
        "empty": EmptyState(_("Nothing is on record that fits."), "shield"),
    }
    return render(request, "evidence/log.html", context)


@signed_in(*READERS)
def entry(request: HttpRequest, place: int) -> HttpResponse:
    """Show one entry."""
    row = get_object_or_404(LogEntry.objects, pk=place)
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
    if not log_state().is_being_read:
        check_log.enqueue()
    messages.success(request, _("The log is being read. What comes of it will stand here."))
    return redirect("evidence")
