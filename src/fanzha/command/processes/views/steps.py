"""Pages to open a process or to fire an event, with a form generated from its definition."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fanzha.base.errors import WrongCall
from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.organizations.requests import SignedInRequest
from fanzha.command.processes.forms import EvidenceForm, FormChoices, build_evidence_form
from fanzha.command.processes.models import FollowUp, ProcessInstance
from fanzha.command.processes.openings import follow_up_about, possible_owners, prefill_values
from fanzha.command.processes.parties import to_actor
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.selectors import viewer_standings
from fanzha.command.processes.services import About, fire, offers, open_process
from fanzha.command.processes.simulation import is_simulated
from fanzha.command.web.access import signed_in
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import kind_in_table
from fanzha.command.web.viewer import Viewer
from fanzha.processes.evidence import EvidenceField
from fanzha.processes.process import Process
from fanzha.processes.refusal import Refusal
from fanzha.processes.roles import role_table

#: Parameters of a process beside its evidence: parameter -> field of About and maximum length.
_ABOUT_PARAMETERS = {
    "about_kind": ("kind", 20),
    "about": ("subject", 26),
    "campaign": ("campaign", 26),
    "title": ("title", 200),
}


@signed_in
def process_open(request: SignedInRequest, name: str, event: str) -> HttpResponse:
    """Open a process for the viewer's organisation, or for another one (`owner`) where his office may."""
    process = load_processes().get(name)
    if process is None or event not in process.opening:
        raise Http404
    viewer = request.viewer
    follow_up = _follow_up(request, process, viewer)
    before = follow_up_about(follow_up) if follow_up else About()
    form = _form(request, process, process.events[event].evidence, viewer, follow_up)
    owners = possible_owners(process, event, viewer, follow_up)
    owner_ref = request.POST.get("owner", request.GET.get("owner", ""))
    owner = next(
        (organization for organization in owners if organization.ref == owner_ref), None if owner_ref else owners[0]
    )
    if owner is None:  # the requested owner may no longer own the process; choose no other
        raise Http404
    if request.method == "POST" and form.is_valid():
        about_fields = {
            field: request.POST.get(key, "")[:max_length] for key, (field, max_length) in _ABOUT_PARAMETERS.items()
        }
        about = About(**about_fields, marking=before.marking, simulated=before.simulated)
        about = replace(about, simulated=is_simulated(owner, about, viewer.organization))
        try:
            instance = open_process(
                name, event, owner, to_actor(viewer), form.evidence(), about=about, follow_up=follow_up
            )
        except (Refusal, WrongCall) as refused:
            _show(form, refused)
        else:
            return redirect("process", instance.ref)
    about_values = {
        key: request.POST.get(key, request.GET.get(key, getattr(before, field)))
        for key, (field, _) in _ABOUT_PARAMETERS.items()
    }
    return render(
        request,
        "processes/opening.html",
        {
            "process": process,
            "event": process.events[event],
            "form": form,
            "follow_up": follow_up,
            "owner": owner,
            "owners": owners,
            "for_itself": [organization.pk for organization in owners] == [viewer.organization],
            **about_values,
        },
        status=422 if form.errors else 200,
    )


@signed_in
def take_step(request: SignedInRequest, ref: str, event: str) -> HttpResponse:
    """Take a step of a process, on a leg where `leg` names one."""
    instance = get_object_or_404(ProcessInstance.objects.select_related("owner", "version"), ref=ref)
    viewer = request.viewer
    leg = request.POST.get("leg", request.GET.get("leg", ""))
    actor = to_actor(viewer, viewer_standings(instance, viewer))
    offer = next(
        (candidate for candidate in offers(instance, actor) if (candidate.event, candidate.leg) == (event, leg)), None
    )
    if offer is None:
        messages.warning(request, localize(_gone(instance)))
        return redirect(_instance_url(request, instance), ref)
    form = _form(request, instance.version.process, offer.evidence, viewer)
    if request.method == "POST" and form.is_valid():
        revision = request.POST.get("revision", "")
        try:
            fire(
                ref,
                event,
                actor,
                form.evidence(),
                leg=leg,
                revision=whole_number(revision),
            )
        except (Refusal, WrongCall) as refused:
            _show(form, refused)
        else:
            messages.success(request, localize(offer.title))
            return redirect(_instance_url(request, instance), ref)
    machine = instance.version.process.machine_for(event)
    context = {
        "instance": instance,
        "page": _instance_url(request, instance),
        "process": instance.version.process,
        "event": machine.events[event] if machine else None,
        "offer": offer,
        "form": form,
        "leg": leg,
    }
    return render(request, "processes/doing.html", context, status=422 if form.errors else 200)


def _instance_url(request: HttpRequest, instance: ProcessInstance) -> str:
    """Return the URL name of the page to return to."""
    return instance.process if request.GET.get("back") == instance.process == "order" else "process"


def _follow_up(request: HttpRequest, process: Process, viewer: Viewer) -> FollowUp | None:
    """Return the follow-up of the viewer's organisation that the parameter `follows` names."""
    number = whole_number(request.POST.get("follows", request.GET.get("follows", "")))
    if number is None:
        return None
    own_follow_ups = FollowUp.objects.select_related("instance__version").filter(
        owner=viewer.organization, process=process.name
    )
    return get_object_or_404(own_follow_ups, pk=number)


def _form(
    request: HttpRequest,
    process: Process,
    evidence_fields: dict[str, EvidenceField],
    viewer: Viewer,
    follow_up: FollowUp | None = None,
) -> EvidenceForm:
    """Return the form.

    With `prefill`, the values posted by another page fill the form, so that personal values appear in no URL.
    """
    evidence_fields = {name: field for name, field in evidence_fields.items() if _may_give(field, viewer)}
    form_class = build_evidence_form(evidence_fields, FormChoices(process, viewer))
    if request.method == "POST" and "prefill" not in request.POST:
        return form_class(request.POST, request.FILES)
    if request.method == "POST":
        return form_class(initial={name: request.POST[name] for name in evidence_fields if name in request.POST})
    return form_class(initial=prefill_values(follow_up, evidence_fields) if follow_up else None)


def _may_give(field: EvidenceField, viewer: Viewer) -> bool:
    """Return whether people of a kind of organisation may give a field."""
    kind = kind_in_table(viewer.kind, viewer.province)
    return not field.only_by or kind in role_table().kinds_of(field.only_by)


def _show(form: EvidenceForm, refused: Refusal | WrongCall) -> None:
    if isinstance(refused, WrongCall):
        form.add_error(None, str(refused))
        return
    form.add_refusal({name: words for name, words in refused.fields.items() if name in form.fields})
    if not any(name in form.fields for name in refused.fields):
        form.add_error(None, localize(refused.words))


def _gone(instance: ProcessInstance) -> Words:
    state = instance.version.process.states[instance.state].title
    return Words(
        f"此步骤现在不能办理；当前状态：{state.zh}", f"This step is not possible now; it stands at: {state.en}"
    )
