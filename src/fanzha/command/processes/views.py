"""Pages of running processes, generated from their definitions."""

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import HiddenInput
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from fanzha.base.errors import UsageError
from fanzha.base.whole_numbers import whole_number
from fanzha.base.words import Words
from fanzha.command.organizations.schemas import SignedInRequest
from fanzha.command.organizations.selectors import get_organization
from fanzha.command.processes.awaited_steps import RESPONSIBLE, waits_for
from fanzha.command.processes.disclosure import readable_files
from fanzha.command.processes.forms import EvidenceForm, FormChoices, build_evidence_form, done_now, may_give
from fanzha.command.processes.hooks import (
    ComputedEvidence,
    describe_step,
    find_computed,
    find_instance_page,
    find_step_page,
)
from fanzha.command.processes.list_entries import in_force, present_entries
from fanzha.command.processes.list_filter import ProcessFilterForm
from fanzha.command.processes.models import FollowUp, ListEntry, Notification, ProcessInstance, SubjectNotice
from fanzha.command.processes.notice_confirmations import confirm_delivery
from fanzha.command.processes.openings import (
    complete_opening,
    follow_up_about,
    list_openings,
    possible_owners,
    prefill_values,
    present_follow_ups,
)
from fanzha.command.processes.parties import to_actor, viewer_party_roles
from fanzha.command.processes.presenters import build_action_bar, present_process
from fanzha.command.processes.process_settings import current_settings, load_processes
from fanzha.command.processes.selectors import take_process_page, unread_notifications
from fanzha.command.processes.services import About, fire, is_simulated, open_process
from fanzha.command.processes.situations import list_offers
from fanzha.command.processes.titles import describe_title, describe_titles
from fanzha.command.saved_views.selectors import open_default_view
from fanzha.command.web.access import signed_in
from fanzha.command.web.components import FactItem
from fanzha.command.web.counts import count_capped
from fanzha.command.web.i18n import localize
from fanzha.command.web.relative_time import span_words
from fanzha.command.web.roles import Role
from fanzha.command.web.viewer import Viewer
from fanzha.processes.diagram import draw
from fanzha.processes.evidence import DrawnPart, EvidenceField
from fanzha.processes.legal_basis import group_bases
from fanzha.processes.process import Event, Machine, Process
from fanzha.processes.refusal import Refusal
from fanzha.processes.situation import Offer
from fanzha.store.evidence_files import find_intact_file

# Pages of process definitions: diagram, steps, roles, deadlines and legal basis.


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
    organization = get_organization(request.viewer.organization)
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
                "basis": [localize(words) for words in group_bases(event.basis)],
                "two_persons": bool(event.other_than),
            }
            for event in machine.events.values()
        ],
        "deadlines": [
            {
                "title": deadline.title,
                "spans": [
                    span_words(settings.span_of(process, key, deadline, choice))
                    for choice in (deadline.spans or {"": ""})
                ],
                "kind": deadline.calendar_kind.value,
                "sourced": deadline.sourced,
                "basis": [localize(words) for words in group_bases(deadline.basis)],
            }
            for key, deadline in machine.deadlines.items()
        ],
    }


# Pages of running processes: the list, one process, and its files.

PAGE_SIZE = 50


@signed_in
def process_list(request: HttpRequest) -> HttpResponse:
    """List running processes by a filter, in a chosen order."""
    if (default := open_default_view(request, "processes")) is not None:
        return default
    form = ProcessFilterForm(request.GET)
    rows = form.filter(ProcessInstance.objects.select_related("owner", "version"))
    instances, end = take_process_page(rows, form.sort, request.GET.get("cursor", ""), PAGE_SIZE)
    titles = describe_titles(instances)
    context = {
        "rows": [{"instance": instance, "title": titles[instance.pk], **_words(instance)} for instance in instances],
        "next": end,
        "filter_form": form,
        "columns": form.columns,
    }
    return render(request, "processes/listing.html", context)


@signed_in
def process_detail(request: SignedInRequest, ref: str) -> HttpResponse:
    """Show one process."""
    instance = get_object_or_404(ProcessInstance.objects.select_related("owner", "version"), ref=ref)
    page = present_process(instance, request.viewer)
    return render(
        request,
        "processes/process.html",
        {
            "page": page,
            "name": describe_title(instance),
            "own_page": _own_page(instance),
            "bar": build_action_bar(page.allowed),
            "notices": instance.subject_notices.all(),
            "before": FollowUp.objects.filter(opened=instance).select_related("instance__version").first(),
            "following": present_follow_ups(instance, request.viewer),
        },
    )


@signed_in
def evidence_file(request: SignedInRequest, ref: str, name: str) -> FileResponse:
    """Return a file of a file field of a step that the viewer may read.

    Personal files need a stated purpose and are logged (`unmask_file`).
    """
    instance = get_object_or_404(ProcessInstance.objects.select_related("version"), ref=ref)
    if name not in readable_files(instance, request.viewer):
        raise Http404
    path = find_intact_file(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{name[:16]}.bin")


def _own_page(instance: ProcessInstance) -> str:
    """Return the URL of the page that an app has for a process beside the general one, "" for none."""
    name = find_instance_page(instance.process)
    return reverse(name, args=[instance.ref]) if name != "process" else ""


def _words(instance: ProcessInstance) -> dict[str, object]:
    process = instance.version.process
    return {"process": process, "state": process.states[instance.state].title}


# The page of public lists.


@signed_in
def public_lists(request: HttpRequest) -> HttpResponse:
    """List entries, the latest first; `show` selects entries in force or all, `before` is the cursor."""
    rows = ListEntry.objects.select_related("instance__version", "owner", "organization").order_by("-pk")
    show = "all" if request.GET.get("show") == "all" else "holding"
    rows = rows if show == "all" else rows.filter(in_force(timezone.now()))
    if cursor := request.GET.get("before", ""):
        before = whole_number(cursor)
        rows = rows.none() if before is None else rows.filter(pk__lt=before)
    entries = list(rows[: PAGE_SIZE + 1])
    next_cursor = entries[PAGE_SIZE - 1].pk if len(entries) > PAGE_SIZE else None
    return render(
        request,
        "processes/lists.html",
        {"entries": present_entries(entries[:PAGE_SIZE]), "show": show, "before": next_cursor},
    )


# Pages of notifications, and of notices to people concerned.

MESSAGES_SHOWN = 100


@signed_in
def inbox(request: SignedInRequest) -> HttpResponse:
    """List unread notifications, urgent ones first: for the viewer, or those for colleagues."""
    own, shows_colleagues = unread_notifications(request.viewer), request.GET.get("show") == "colleagues"
    unread = Notification.objects.filter(owner=request.viewer.organization, read_at=None)
    rows = unread.exclude(pk__in=own.values("pk")) if shows_colleagues else own
    order = ("-at",) if shows_colleagues else ("-urgent", "-at")
    listed = rows.select_related("instance", "person").defer("instance__situation").order_by(*order)
    listed = listed.annotate(waits=waits_for(request.viewer))
    context = {"rows": list(listed[:MESSAGES_SHOWN]), "shows_colleagues": shows_colleagues, "many": count_capped(rows)}
    context["is_responsible"] = request.viewer.has(*RESPONSIBLE)
    return render(request, "processes/inbox.html", context)


@signed_in
def open_message(request: SignedInRequest, number: int) -> HttpResponse:
    """Open the page that a message leads to, and mark the message as read if it is to the viewer."""
    rows = Notification.objects.select_related("instance").filter(owner=request.viewer.organization)
    message = get_object_or_404(rows, pk=number)
    unread_notifications(request.viewer).filter(pk=number).update(read_at=timezone.now())
    if message.path:
        return redirect(message.path)
    instance = message.instance
    return redirect(find_instance_page(instance.process), instance.ref) if instance else redirect("inbox")


@signed_in
@require_POST
def mark_read(request: SignedInRequest) -> HttpResponse:
    """Mark messages as read: those named, or with `all` every one to the viewer and to the organisation."""
    unread = unread_notifications(request.viewer)
    if request.POST.get("all") != "yes":
        numbers = (whole_number(number) for number in request.POST.getlist("message"))
        unread = unread.filter(pk__in=[number for number in numbers if number is not None])
    unread.update(read_at=timezone.now())
    return redirect("inbox")


@signed_in(Role.EXECUTOR, Role.CLERK, Role.DUTY_OFFICER)
@require_POST
def deliver_notice(request: SignedInRequest, number: int) -> HttpResponse:
    """Record how a notice was delivered; legal periods start at delivery. That of a limit asks for proof elsewhere."""
    notice = get_object_or_404(SubjectNotice.objects.select_related("instance"), pk=number, delivered_at=None)
    try:
        confirm_delivery(notice, request.POST.get("how", ""), to_actor(request.viewer))
    except Refusal as refused:
        messages.error(request, localize(refused.words))
    return redirect("subject_notices")


# Pages to open a process or to fire an event, with a form generated from its definition.

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
    computed = find_computed(name, event)
    fields = process.events[event].evidence
    if computed is not None:
        fields = {field_name: field for field_name, field in fields.items() if field_name not in computed.names}
    form = _form(request, process, fields, viewer, follow_up, event=event)
    facts = _describe_given(form, computed) if computed is not None and computed.given else None
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
            evidence, about = complete_opening(name, event, form.evidence(), about, about.title)
            instance = open_process(name, event, owner, to_actor(viewer), evidence, about=about, follow_up=follow_up)
        except (Refusal, UsageError) as refused:
            _show(form, refused)
        else:
            return _redirect_back(request, instance)
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
            "drawn": _result_titles(process.events[event]),
            "facts": facts,
            "lacks_given": facts == [],
            "title_is_computed": computed is not None and computed.title is not None,
            "for_itself": [organization.pk for organization in owners] == [viewer.organization],
            **about_values,
        },
        status=422 if form.errors else 200,
    )


@signed_in
def take_step(request: SignedInRequest, ref: str, event: str) -> HttpResponse:
    """Take a step of a process, on a leg where `leg` names one."""
    instance = get_object_or_404(ProcessInstance.objects.select_related("owner", "version"), ref=ref)
    if request.method == "GET" and (own_page := find_step_page(instance.process, event)):
        return redirect(f"{reverse(own_page, args=[ref])}?{urlencode({'event': event})}")
    viewer = request.viewer
    leg = request.POST.get("leg", request.GET.get("leg", ""))
    actor = to_actor(viewer, viewer_party_roles(instance, viewer))
    offer = next(
        (candidate for candidate in list_offers(instance, actor) if (candidate.event, candidate.leg) == (event, leg)),
        None,
    )
    if offer is None:
        messages.warning(request, localize(_gone(instance)))
        return _redirect_back(request, instance)
    form = _form(request, instance.version.process, offer.evidence, viewer, event=event, is_report=bool(leg))
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
        except (Refusal, UsageError) as refused:
            _show(form, refused)
        else:
            messages.success(request, localize(_done_words(instance, offer)))
            return _redirect_back(request, instance)
    machine = instance.version.process.machine_for(event)
    context = {
        "instance": instance,
        "name": describe_title(instance),
        "page": find_instance_page(instance.process),
        "process": instance.version.process,
        "event": machine.events[event] if machine else None,
        "offer": offer,
        "form": form,
        "leg": leg,
        "facts": describe_step(instance, leg, viewer),
    }
    return render(request, "processes/doing.html", context, status=422 if form.errors else 200)


def _done_words(instance: ProcessInstance, offer: Offer) -> Words:
    """Return what is said once a step is taken, in the past tense."""
    machine = instance.version.process.machine_for(offer.event)
    done = machine.events[offer.event].done if machine else None
    return done or Words(f"已办理：{offer.title.zh}", f"Done: {offer.title.en}")


def _redirect_back(request: HttpRequest, instance: ProcessInstance) -> HttpResponseRedirect:
    """Return to the start page or the page of the subject if `back` names it, else to the page of the process."""
    if request.GET.get("back") == "home":
        return redirect("home")
    if request.GET.get("back") == "subject" and instance.about:
        return redirect("subject", instance.about)
    return redirect(find_instance_page(instance.process), instance.ref)


def _result_titles(event: Event) -> list[Words]:
    return [field.title for field in event.evidence.values() if field.drawn is DrawnPart.RESULT]


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
    *,
    event: str,
    is_report: bool = False,
) -> EvidenceForm:
    """Return the form of an event; the moments of a report on what was done are now.

    Nothing is chosen in advance for a harmful step.

    With `prefill`, the values posted by another page fill the form, so that personal values appear in no URL.
    """
    evidence_fields = {name: field for name, field in evidence_fields.items() if may_give(field, viewer)}
    machine = process.machine_for(event)
    is_harmful = machine is not None and machine.events[event].harmful
    form_class = build_evidence_form(evidence_fields, FormChoices(process, viewer, chooses_only_one=not is_harmful))
    if request.method == "POST" and "prefill" not in request.POST:
        return form_class(request.POST, request.FILES)
    if request.method == "POST":
        return form_class(initial={name: request.POST[name] for name in evidence_fields if name in request.POST})
    if follow_up:
        return form_class(initial=prefill_values(follow_up, evidence_fields))
    return form_class(initial=done_now(evidence_fields) if is_report else None)


def _describe_given(form: EvidenceForm, computed: ComputedEvidence) -> list[FactItem]:
    """Hide the fields that another page has given, and return what they say; [] if one of them is missing or wrong."""
    values = {}
    for name in computed.given & form.fields.keys():
        field = form.fields[name]
        try:
            values[name] = field.clean(form[name].value())
        except ValidationError:
            return []
        field.widget = HiddenInput()
    return computed.describe(values)


def _show(form: EvidenceForm, refused: Refusal | UsageError) -> None:
    if isinstance(refused, UsageError):
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
