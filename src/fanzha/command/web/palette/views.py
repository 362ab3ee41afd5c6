"""The list below the search field: what a typed text finds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fanzha.command.web.access import signed_in
from fanzha.command.web.palette.entries import MAX_TEXT_LENGTH, find_groups
from fanzha.command.web.viewer import Viewer

_MIN_DIGITS = 5


@signed_in
def palette(request: HttpRequest) -> HttpResponse:
    """Show what a text finds. The text is sent by POST, so that no log of addresses keeps it; GET finds the latest."""
    text = request.POST.get("q", "").strip()[:MAX_TEXT_LENGTH]
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    groups = find_groups(text, viewer)
    context = {"groups": groups, "is_typed": bool(text), "is_value": is_value(text)}
    response = render(request, "web/_palette.html", context)
    response["Cache-Control"] = "no-store"
    return response


def is_value(text: str) -> bool:
    """Return whether a text reads as a number or host: its search comes first, as several values share one mask."""
    return sum(character.isdigit() for character in text) >= _MIN_DIGITS or ("." in text and " " not in text)
