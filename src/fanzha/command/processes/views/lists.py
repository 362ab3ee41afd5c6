"""The lists that processes make: bad business, dishonesty, persons; each entry with its decision, term and end."""

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
    """List entries, the latest first; `show` is what holds now or all, `before` goes on."""
    rows = ListEntry.objects.select_related("instance__version", "owner", "organization").order_by("-pk")
    show = "all" if request.GET.get("show") == "all" else "holding"
    rows = rows if show == "all" else rows.filter(in_force(timezone.now()))
    if told := request.GET.get("before", ""):
        before = whole_number(told)
        rows = rows.none() if before is None else rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return render(
        request, "processes/lists.html", {"entries": present_entries(found[:PAGE]), "show": show, "before": more}
    )
