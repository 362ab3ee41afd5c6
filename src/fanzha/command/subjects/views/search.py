"""Search page: results of a query, or the latest subjects; a single result redirects to its page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.forms import OpinionForm
from fanzha.command.subjects.presenters import describe_value, kind_title, subject_rows
from fanzha.command.subjects.search import MAX_QUERY_LENGTH, search
from fanzha.command.subjects.selectors import latest_subjects, summarize_subjects
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import EmptyState
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.viewer import Viewer


@signed_in
def subjects(request: SignedInRequest) -> HttpResponse:
    """Show the results of a query, or the latest subjects without a query."""
    viewer = request.viewer
    query = request.GET.get("q", "").strip()[:MAX_QUERY_LENGTH]
    return _search_page(request, viewer, query) if query else _latest_page(request, viewer)


def _search_page(request: HttpRequest, viewer: Viewer, query: str) -> HttpResponse:
    result = search(query)
    if result.only:
        return redirect("subject", result.only.ref)
    if not result.subjects and result.campaign:
        return redirect("campaign", result.campaign.ref)
    if not result.subjects and result.process:
        return redirect("process", result.process.ref)
    words = _("Nothing that you may read is known of it. That does not mean that it is safe.")
    likely = result.interpretations[0] if result.interpretations and not result.subjects else None
    context = {
        "likely": likely,
        "kind": kind_title(likely.kind) if likely else "",
        "facts": describe_value(likely.kind, likely.value) if likely and not likely.shown else [],
        "form": OpinionForm() if likely and viewer.has(*DECIDERS) else None,
        "q": query,
        "rows": subject_rows(summarize_subjects(result.subjects, viewer)),
        "kinds": [kind_title(interpretation.kind) for interpretation in result.interpretations],
        "empty": EmptyState(words, "search"),
    }
    return render(request, "subjects/search.html", context)


def _latest_page(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    try:
        page = latest_subjects(viewer, request.GET.get("cursor", ""))
    except ValueError:
        page = latest_subjects(viewer)
    words = _("Nothing has come in yet for your organisation.")
    context = {
        "rows": subject_rows(summarize_subjects(page.rows, viewer)),
        "next": page.next,
        "empty": EmptyState(words, "search"),
    }
    return render(request, "subjects/search.html", context)
