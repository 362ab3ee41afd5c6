"""Page for police desks: paste values, look each one up, open a process with them."""

from django.http import HttpResponse
from django.shortcuts import render

from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.subjects.process_openings import available_openings
from fanzha.command.subjects.search import MAX_LINES, look_up_pasted_lines
from fanzha.command.web.access import signed_in
from fanzha.command.web.roles import Kind, Role

MAX_TEXT_LENGTH = 100_000


@signed_in(Role.LIAISON, kinds=(Kind.POLICE,))
def paste_numbers(request: SignedInRequest) -> HttpResponse:
    """Show the form, and the results after a POST; pasted values never appear in a URL."""
    viewer = request.viewer
    text = request.POST.get("lines", "")[:MAX_TEXT_LENGTH] if request.method == "POST" else ""
    pasted = look_up_pasted_lines(text, viewer) if text.strip() else None
    context = {
        "lines": text,
        "pasted": pasted,
        "most": MAX_LINES,
        "values": "\n".join(line.value for line in pasted.usable) if pasted else "",
        "beginnings": [opening for opening in available_openings(viewer) if opening.many and opening.process != "order"]
        if pasted
        else [],
        "drafts": viewer.has(Role.ANALYST),
    }
    return render(request, "subjects/paste.html", context)
