"""API routes of running processes, with the same actions as the pages."""

from dataclasses import replace
from typing import Annotated

from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Query, Router, Status, UploadedFile

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.processes.disclosure import Disclosure, readable_files
from fanzha.command.processes.evidence import parse_evidence
from fanzha.command.processes.evidence_file import validate_file
from fanzha.command.processes.list_entries import ListEntryOut
from fanzha.command.processes.list_entries import in_force as in_force
from fanzha.command.processes.models import FollowUp, Leg, ListEntry, ProcessInstance, Step, SubjectNotice
from fanzha.command.processes.notice_confirmations import confirm_delivery
from fanzha.command.processes.openings import complete_opening, follow_up_about, list_openings
from fanzha.command.processes.parties import to_actor, viewer_party_roles
from fanzha.command.processes.process_settings import load_processes
from fanzha.command.processes.schemas import (
    DefinitionOut,
    DeliveredIn,
    FileOut,
    FireIn,
    FollowUpOut,
    InstanceOut,
    LegOut,
    MessageOut,
    NoticeOut,
    OfferOut,
    OpenIn,
    ProcessOut,
    ReadIn,
    StepOut,
)
from fanzha.command.processes.selectors import is_late, unread_notifications
from fanzha.command.processes.services import About, fire, is_simulated, open_process
from fanzha.command.processes.situations import list_offers
from fanzha.command.processes.uploads import UPLOADERS, UploadQuotaExceeded, store_upload
from fanzha.command.web.api import Page, Paging, Problem, check_revision, for_roles, paginate, set_revision
from fanzha.command.web.i18n import localize
from fanzha.command.web.roles import Role
from fanzha.store.evidence_files import find_intact_file

ROUTER = Router(tags=["processes"])

_FILE: dict[str, object] = {"application/octet-stream": {}}
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/definitions", response=list[DefinitionOut], operation_id="fanzha_command_flows_api_list_definitions")
def list_definitions(request: ApiRequest) -> list[DefinitionOut]:
    """List all process definitions, and the events by which the caller may open them."""
    owner, actor = request.organization, to_actor(request.viewer)
    return [DefinitionOut.of(process, list_openings(process, owner, actor)) for process in load_processes().values()]


@ROUTER.get("/instances", response=Page[InstanceOut], operation_id="fanzha_command_flows_api_list_instances")
def list_instances(
    request: ApiRequest, paging: PagingQuery, process: str = "", open: bool | None = None, late: bool = False
) -> dict[str, object]:
    """List running processes that the caller may read, the latest first."""
    rows = ProcessInstance.objects.select_related("owner", "version")
    rows = rows.filter(process=process) if process else rows
    rows = rows if open is None else rows.filter(ended_at__isnull=open)
    rows = rows.filter(is_late(timezone.now())) if late else rows
    page = paginate(rows, paging)
    return page | {"items": [InstanceOut.of(instance) for instance in page["items"]]}


@ROUTER.post("/instances", response={201: InstanceOut}, operation_id="fanzha_command_flows_api_open_instance")
def open_instance(request: ApiRequest, body: OpenIn) -> Status[InstanceOut]:
    """Open a process for the caller's organisation, or for another one where the caller's office may.

    What the service computes may be left out: of an order the title, and the numbers of subjects that it hits and
    spares. Other values than the computed ones are refused.
    """
    process = load_processes().get(body.process)
    event = process.opening.get(body.event) if process else None
    if process is None or event is None:
        raise Problem("not_found")
    follow_up = None
    if body.follows is not None:
        own_follow_ups = FollowUp.objects.filter(owner=request.viewer.organization, process=body.process)
        follow_up = get_object_or_404(own_follow_ups.select_related("instance"), pk=body.follows)
    before = follow_up_about(follow_up) if follow_up else About()
    about = replace(
        before,
        kind=body.about_kind or before.kind,
        subject=body.about or before.subject,
        campaign=body.campaign or before.campaign,
    )
    owner = request.organization
    if body.owner and follow_up is None:
        owner = get_object_or_404(active_organizations(), ref=body.owner)
    evidence = parse_evidence(event.evidence, body.evidence)
    evidence, about = complete_opening(body.process, body.event, evidence, about, body.title)
    instance = open_process(
        body.process,
        body.event,
        owner,
        to_actor(request.viewer),
        evidence,
        about=replace(about, simulated=is_simulated(owner, about, request.organization.pk)),
        follow_up=follow_up,
    )
    return Status(201, InstanceOut.of(_instance(instance.ref)))


@ROUTER.get("/follow-ups", response=Page[FollowUpOut], operation_id="fanzha_command_flows_api_list_follow_ups")
def list_follow_ups(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the requested follow-up processes that are not yet opened."""
    page = paginate(FollowUp.objects.filter(opened=None).select_related("instance", "opened"), paging)
    return page | {"items": [FollowUpOut.of(follow_up) for follow_up in page["items"]]}


@ROUTER.get("/instances/{ref}", response=ProcessOut, operation_id="fanzha_command_flows_api_read_instance")
def read_instance(request: ApiRequest, ref: str) -> ProcessOut:
    """Return one running process with legs, steps and what the caller may do next."""
    instance = _instance(ref)
    set_revision(request, instance.revision)
    legs = list(Leg.objects.filter(instance=instance).select_related("instance", "receiver").order_by("id"))
    steps = list(Step.objects.filter(instance=instance).select_related("person", "organization").order_by("number"))
    disclosure = Disclosure(instance, request.viewer, steps)
    readable = {leg.name for leg in legs}
    actor = to_actor(request.viewer, viewer_party_roles(instance, request.viewer))
    return ProcessOut(
        **InstanceOut.of(instance).dict(),
        legs=[LegOut.of(leg) for leg in legs],
        steps=[StepOut.of(step, disclosure.evidence(step), disclosure.hidden(step)) for step in steps],
        next=[OfferOut.of(offer) for offer in list_offers(instance, actor) if not offer.leg or offer.leg in readable],
    )


@ROUTER.get(
    "/instances/{ref}/files/{name}",
    openapi_extra={"responses": {200: {"content": _FILE, "description": "the file"}}},
    operation_id="fanzha_command_flows_api_read_file",
)
def read_file(request: ApiRequest, ref: str, name: str) -> FileResponse:
    """Return a file that proves a step, by its SHA-256; personal files need `/exports/unmask-file`."""
    path = find_intact_file(name) if name in readable_files(_instance(ref), request.viewer) else None
    if path is None:
        raise Problem("not_found")
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{name[:16]}.bin")


@ROUTER.post(
    "/instances/{ref}/events/{event}", response=InstanceOut, operation_id="fanzha_command_flows_api_fire_event"
)
def fire_event(request: ApiRequest, ref: str, event: str, body: FireIn) -> InstanceOut:
    """Fire an event; with `If-Match`, only if the revision of the process is unchanged."""
    instance = _instance(ref)
    revision = check_revision(request, instance.revision)
    if body.leg and not Leg.objects.filter(instance=instance, name=body.leg).exists():
        raise Problem("not_found")
    machine = instance.version.process.machine_for(event)
    fields = machine.events[event].evidence if machine else {}
    actor = to_actor(request.viewer, viewer_party_roles(instance, request.viewer))
    fire(ref, event, actor, parse_evidence(fields, body.evidence), leg=body.leg, revision=revision)
    return InstanceOut.of(_instance(ref))


@ROUTER.get("/list-entries", response=Page[ListEntryOut], operation_id="fanzha_command_flows_api_list_list_entries")
def list_list_entries(request: ApiRequest, paging: PagingQuery, holding: bool = True) -> dict[str, object]:
    """List the entries of lists: those in force, or all."""
    rows = ListEntry.objects.select_related("instance", "owner", "organization").defer("instance__situation")
    page = paginate(rows.filter(in_force(timezone.now())) if holding else rows, paging)
    return page | {"items": [ListEntryOut.of(entry) for entry in page["items"]]}


@ROUTER.get("/legs", response=Page[LegOut], operation_id="fanzha_command_flows_api_list_legs")
def list_legs(request: ApiRequest, paging: PagingQuery, mine: bool = True, open: bool = True) -> dict[str, object]:
    """List legs: those that the caller's organisation has to carry out, or all that it may read."""
    rows = Leg.objects.select_related("instance", "receiver")
    rows = rows.filter(receiver=request.viewer.organization) if mine else rows
    page = paginate(rows.filter(ended_at=None) if open else rows, paging)
    return page | {"items": [LegOut.of(leg) for leg in page["items"]]}


@ROUTER.post("/files", response={201: FileOut}, operation_id="fanzha_command_flows_api_keep_file")
@for_roles(*UPLOADERS)
def keep_file(request: ApiRequest, file: File[UploadedFile]) -> Status[FileOut]:
    """Store a file as evidence of the caller's organisation; its steps refer to it by its SHA-256.

    The file name must end in its type. Files that no step refers to are removed after seven days. An organisation may
    have a limited number (429) and size (413) of such files.
    """
    try:
        validate_file(file)
        return Status(201, FileOut(sha256=store_upload(file, request.viewer)))
    except ValidationError as refused:
        raise Problem("invalid", refused.messages[0]) from None
    except UploadQuotaExceeded as refused:
        raise Problem(refused.problem, localize(refused.words)) from None


@ROUTER.get("/messages", response=Page[MessageOut], operation_id="fanzha_command_flows_api_list_messages")
def list_messages(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the unread notifications to the caller and the caller's organisation."""
    page = paginate(unread_notifications(request.viewer).select_related("instance"), paging)
    return page | {"items": [MessageOut.of(message) for message in page["items"]]}


@ROUTER.post("/messages/read", response={204: None}, operation_id="fanzha_command_flows_api_mark_messages_read")
def mark_messages_read(request: ApiRequest, body: ReadIn) -> Status[None]:
    """Mark messages as read."""
    unread_notifications(request.viewer).filter(pk__in=body.ids).update(read_at=timezone.now())
    return Status(204, None)


@ROUTER.get("/notices", response=Page[NoticeOut], operation_id="fanzha_command_flows_api_list_notices")
def list_notices(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the notices to people concerned that wait for delivery."""
    page = paginate(SubjectNotice.objects.filter(delivered_at=None).select_related("instance"), paging)
    return page | {"items": [NoticeOut.of(notice) for notice in page["items"]]}


@ROUTER.post(
    "/notices/{number}/delivered", response={204: None}, operation_id="fanzha_command_flows_api_deliver_notice"
)
@for_roles(Role.EXECUTOR, Role.CLERK, Role.DUTY_OFFICER)
def deliver_notice(request: ApiRequest, number: int, body: DeliveredIn) -> Status[None]:
    """Record how a notice was delivered. The notice of a limit is delivered by proof alone: see `/notices/{ref}`."""
    waiting = SubjectNotice.objects.filter(delivered_at=None).select_related("instance")
    confirm_delivery(get_object_or_404(waiting, pk=number), body.how, to_actor(request.viewer))
    return Status(204, None)


def _instance(ref: str) -> ProcessInstance:
    return get_object_or_404(ProcessInstance.objects.select_related("owner", "version"), ref=ref)
