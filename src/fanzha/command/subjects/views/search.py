"""Search whatever somebody writes, and list what came in last; what is found alone opens at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from fanzha.command.subjects.forms import OpinionForm
from fanzha.command.subjects.presenters import describe_value, kind_words, known_rows
from fanzha.command.subjects.search import MAX_QUERY_LENGTH, search
from fanzha.command.subjects.selectors import known_of, latest
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import Empty
from fanzha.command.web.roles import DECIDERS
from fanzha.command.web.viewer import Viewer


@signed_in
def subjects(request: HttpRequest) -> HttpResponse:
    """Show what was found, or the latest subjects where nothing is searched."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.GET.get("q", "").strip()[:MAX_QUERY_LENGTH]
    return _found(request, viewer, asked) if asked else _latest(request, viewer)


def _found(request: HttpRequest, viewer: Viewer, asked: str) -> HttpResponse:
    found = search(asked)
    if found.only:
        return redirect("subject", found.only.ref)
    if not found.subjects and found.campaign:
        return redirect("campaign", found.campaign.ref)
    if not found.subjects and found.process:
        return redirect("process", found.process.ref)
    words = _("Nothing that you may read is known of it. That does not mean that it is safe.")
    likely = found.understood[0] if found.understood and not found.subjects else None
    context = {
        "likely": likely,
        "kind": kind_words(likely.kind) if likely else "",
        "facts": describe_value(likely.kind, likely.value) if likely and not likely.shown else [],
        "form": OpinionForm() if likely and viewer.has(*DECIDERS) else None,
        "q": asked,
        "rows": known_rows(known_of(found.subjects, viewer)),
        "kinds": [kind_words(one.kind) for one in found.understood],
        "empty": Empty(words, "search"),
    }
    return render(request, "subjects/search.html", context)


def _latest(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    try:
        page = latest(viewer, request.GET.get("cursor", ""))
    except ValueError:
        page = latest(viewer)
    words = _("Nothing has come in yet for your organisation.")
    context = {"rows": known_rows(known_of(page.rows, viewer)), "next": page.next, "empty": Empty(words, "search")}
    return render(request, "subjects/search.html", context)
