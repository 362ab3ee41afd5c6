"""The page of public lists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fanzha.base.whole_numbers import whole_number
from fanzha.command.processes.list_entries import in_force, present_entries
from fanzha.command.processes.models import ListEntry
from fanzha.command.web.access import signed_in

PAGE = 50


@signed_in
def public_lists(request: HttpRequest) -> HttpResponse:
    """List entries, the latest first; `show` selects entries in force or all, `before` is the cursor."""
    rows = ListEntry.objects.select_related("instance__version", "owner", "organization").order_by("-pk")
    show = "all" if request.GET.get("show") == "all" else "holding"
    rows = rows if show == "all" else rows.filter(in_force(timezone.now()))
    if cursor := request.GET.get("before", ""):
        before = whole_number(cursor)
        rows = rows.none() if before is None else rows.filter(pk__lt=before)
    entries = list(rows[: PAGE + 1])
    next_cursor = entries[PAGE - 1].pk if len(entries) > PAGE else None
    return render(
        request,
        "processes/lists.html",
        {"entries": present_entries(entries[:PAGE]), "show": show, "before": next_cursor},
    )
