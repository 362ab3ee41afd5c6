"""Pages of process definitions: diagram, steps, roles, deadlines and legal basis."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from fanzha.command.organizations.models import Organization
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.openings import list_openings
from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.process_settings import current_settings, load_processes
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.processes.diagram import draw
from fanzha.processes.legal_basis import legal_basis_words
from fanzha.processes.process import Machine, Process


@signed_in
def definition_list(request: HttpRequest) -> HttpResponse:
    """List all processes."""
    rows = [
        {"process": process, "title": process.title, "about": process.about} for process in load_processes().values()
    ]
    return render(request, "processes/definitions.html", {"rows": rows})


@signed_in
def definition_detail(request: SignedInRequest, name: str) -> HttpResponse:
    """Show one process, and how the viewer may begin it."""
    process = _process(name)
    organization = Organization.objects.get(pk=request.viewer.organization)
    begin = list_openings(process, organization, to_actor(request.viewer))
    machines = [_machine(process, process)] + ([_machine(process, process.legs)] if process.legs else [])
    return render(request, "processes/definition.html", {"process": process, "begin": begin, "machines": machines})


@signed_in
def definition_diagram(request: HttpRequest, name: str) -> HttpResponse:
    """Return the drawing of a process as SVG."""
    chinese = (get_language() or "").startswith("zh")
    return HttpResponse(draw(_process(name), "zh" if chinese else "en"), content_type="image/svg+xml")


def _process(name: str) -> Process:
    process = load_processes().get(name)
    if process is None:
        raise Http404
    return process


def _machine(process: Process, machine: Machine) -> dict[str, object]:
    """Return rows of events and deadlines, for tables."""
    settings = current_settings()
    return {
        "is_leg": machine is not process,
        "events": [
            {
                "title": event.title,
                "sources": [machine.states[state].title for state in event.sources],
                "to": machine.states[event.to].title if event.to else None,
                "who": event.who,
                "evidence": [field.title for field in event.evidence.values()],
                "basis": [localize(words) for code in event.basis if (words := legal_basis_words(code))],
                "two_persons": bool(event.other_than),
            }
            for event in machine.events.values()
        ],
        "deadlines": [
            {
                "title": deadline.title,
                "spans": [settings.span_of(process, key, deadline, choice) for choice in (deadline.spans or {"": ""})],
                "kind": deadline.calendar_kind.value,
                "sourced": deadline.sourced,
                "basis": [localize(words) for code in deadline.basis if (words := legal_basis_words(code))],
            }
            for key, deadline in machine.deadlines.items()
        ],
    }
