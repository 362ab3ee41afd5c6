"""API routes of orders; other steps are fired at `flows/instances/{ref}/events`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.base.clock import to_ms
from fanzha.command.orders.delivery import retry_sending
from fanzha.command.orders.drafts import TARGET_FIELDS, draft_choices, draft_fields
from fanzha.command.orders.endpoints import check_endpoint, rotate_endpoint_key, save_endpoint
from fanzha.command.orders.false_disposals import READER_ROLES, measure_false_disposals
from fanzha.command.orders.impact import assess_impact
from fanzha.command.orders.measurements import DETAIL_FIELDS, MEASUREMENT_ROLES, add_measurement
from fanzha.command.orders.models import Endpoint, ReceivedMessage, Sending
from fanzha.command.orders.order_summary import PROCESS, InvalidOrder
from fanzha.command.orders.reminders import REMINDER_ROLES, may_remind, send_reminder
from fanzha.command.orders.schemas import (
    DoneIn,
    DraftedOut,
    DraftIn,
    EndpointIn,
    EndpointOut,
    EndpointTestOut,
    FalseDisposalsOut,
    ImpactIn,
    ImpactOut,
    MeasuredOut,
    MeasurementIn,
    OrderTargetOut,
    ReceivedMessageOut,
    ReminderOut,
    SendingOut,
    TargetOut,
)
from fanzha.command.orders.selectors import OrderFilter, filter_orders
from fanzha.command.orders.services import campaign_targets, create_draft
from fanzha.command.orders.target_disclosure import DISCLOSURE_ROLES, disclose_targets, record_written_targets
from fanzha.command.orders.target_evidence import present_targets
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.processes.schemas import InstanceOut, LegOut
from fanzha.command.processes.selectors import find_instances, find_legs, to_actor
from fanzha.command.processes.services import fire, parse_evidence
from fanzha.command.web.api import Page, Paging, Problem, for_roles, not_repeatable, paginate
from fanzha.command.web.reauthentication import AN_HOUR, require_confirmed
from fanzha.command.web.roles import Role

if TYPE_CHECKING:
    from fanzha.command.processes.models import Leg

ROUTER = Router(tags=["orders"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.get("/", response=Page[InstanceOut], operation_id="fanzha_command_orders_api_list_orders")
def list_orders(
    request: ApiRequest, paging: PagingQuery, show: str = "open", state: str = "", receiver: str = ""
) -> dict[str, Any]:
    """List orders: `show` is open, todo, approve, late, attention, ended or all; `receiver` the ref of one."""
    rows = filter_orders(OrderFilter(show, state, receiver), request.viewer, timezone.now())
    page = paginate(rows.select_related("owner", "version"), paging)
    return page | {"items": [InstanceOut.of(instance) for instance in page["items"]]}


@ROUTER.get(
    "/false-disposals",
    response=FalseDisposalsOut,
    operation_id="fanzha_command_orders_api_list_false_disposals",
)
@for_roles(*READER_ROLES)
def list_false_disposals(request: ApiRequest) -> FalseDisposalsOut:
    """Return how many targets of a year were restored, by organisation and by detector of the own orders."""
    return FalseDisposalsOut.of(measure_false_disposals(request.viewer, timezone.now()))


@ROUTER.post("/impact", response=ImpactOut, operation_id="fanzha_command_orders_api_preview_impact")
@for_roles(Role.ANALYST)
def preview_impact(request: ApiRequest, body: ImpactIn) -> ImpactOut:
    """Return the impact of an order without saving it.

    The targets are on record and count against the budgets of disclosure (429 with Retry-After above them).
    """
    choices = draft_choices(body.target_kind, body.action, body.actions)
    record_written_targets(request.viewer, choices, body.targets)
    return ImpactOut.of(assess_impact(choices, body.targets, request.viewer, timezone.now()))


@ROUTER.post("/", response={201: DraftedOut}, operation_id="fanzha_command_orders_api_draft_order")
@for_roles(Role.ANALYST)
def draft_order(request: ApiRequest, body: DraftIn) -> Status[DraftedOut]:
    """Draft an order for the caller's organisation; excluded targets are left out, a second person approves it.

    Targets are on record and count against the budgets of disclosure, those of a campaign do not.
    """
    choices = draft_choices(body.target_kind, body.action, body.actions)
    record_written_targets(request.viewer, choices, body.targets)
    fields = {name: field for name, field in draft_fields().items() if name not in TARGET_FIELDS}
    given = {name: value for name in fields if (value := getattr(body, name, None)) not in (None, "")}
    values: Iterable[str] = body.targets
    if not values and "campaign" in given:
        values = campaign_targets(given["campaign"], body.target_kind).values.values()
    instance, impact = create_draft({**choices, **parse_evidence(fields, given)}, values, request.viewer)
    return Status(201, DraftedOut(ref=instance.ref, impact=ImpactOut.of(impact)))


@ROUTER.post("/{ref}/legs/{leg}/done", response=LegOut, operation_id="fanzha_command_orders_api_leg_done")
@for_roles(Role.EXECUTOR, Role.DUTY_OFFICER)
def leg_done(request: ApiRequest, ref: str, leg: str, body: DoneIn) -> LegOut:
    """Report a leg as executed or lifted, and acknowledge it if it was not."""
    row = _leg(ref, leg)
    actor, now = to_actor(request.viewer), to_ms(timezone.now())
    if row.state == "releasing":
        fire(ref, "report_lifted", actor, {"lifted_at": now, "result": body.result or "done"}, leg=leg)
        return LegOut.of(_leg(ref, leg))
    if row.state in ("sent", "unanswered"):
        fire(ref, "acknowledge", actor, {}, leg=leg)
    proof = {"proof": body.proof} if body.proof else {}
    fire(ref, "report_executed", actor, {"executed_at": now, "result": body.result or "done", **proof}, leg=leg)
    return LegOut.of(_leg(ref, leg))


@ROUTER.post("/{ref}/legs/{leg}/urge", response=ReminderOut, operation_id="fanzha_command_orders_api_urge_leg")
@for_roles(*REMINDER_ROLES)
def urge_leg(request: ApiRequest, ref: str, leg: str) -> ReminderOut:
    """Send a reminder to the receiver of a leg."""
    row = _leg(ref, leg)
    if not may_remind(row, request.viewer):
        raise Problem("not_found")
    return ReminderOut(told=send_reminder(row, request.viewer))


@ROUTER.get("/{ref}/targets", response=list[OrderTargetOut], operation_id="fanzha_command_orders_api_list_targets")
def list_targets(request: ApiRequest, ref: str) -> list[OrderTargetOut]:
    """List the targets of an order, masked, with their evidence; those in doubt come first."""
    instance = get_object_or_404(find_instances().select_related("owner", "version"), ref=ref, process=PROCESS)
    return [OrderTargetOut.of(row) for row in present_targets(instance, request.viewer, timezone.now())]


@ROUTER.post("/{ref}/targets", response=list[TargetOut], operation_id="fanzha_command_orders_api_hand_targets_over")
@for_roles(*DISCLOSURE_ROLES)
@not_repeatable
def hand_targets_over(request: ApiRequest, ref: str) -> list[TargetOut]:
    """Return the unmasked targets to a receiver of the order; the disclosure is logged first."""
    instance = get_object_or_404(find_instances().select_related("owner", "version"), ref=ref, process=PROCESS)
    require_confirmed(request, AN_HOUR)
    try:
        targets = disclose_targets(instance, request.viewer)
    except InvalidOrder as problem:
        raise Problem("conflict", str(problem)) from None
    if targets is None:
        raise Problem("not_found")
    return [TargetOut(kind=item.target.kind, value=item.target.value, action=item.action) for item in targets]


@ROUTER.post(
    "/{ref}/measurements", response={201: MeasuredOut}, operation_id="fanzha_command_orders_api_record_measurement"
)
@for_roles(*MEASUREMENT_ROLES)
def record_measurement(request: ApiRequest, ref: str, body: MeasurementIn) -> Status[MeasuredOut]:
    """Record a test call or a site probe, and fire the steps that it proves."""
    instance = get_object_or_404(find_instances(), ref=ref, process=PROCESS)
    details = body.dict(include=set(DETAIL_FIELDS[body.kind]))
    return Status(
        201, MeasuredOut(events=add_measurement(instance, request.viewer, body.kind, body.value, details, body.at))
    )


@ROUTER.get("/sendings", response=Page[SendingOut], operation_id="fanzha_command_orders_api_list_sendings")
def list_sendings(request: ApiRequest, paging: PagingQuery, state: str = "") -> dict[str, Any]:
    """List deliveries of legs; `state` is waiting, sent, overtaken or dead."""
    rows = Sending.objects.select_related("instance").defer("file_body")
    page = paginate(rows.filter(state=state) if state else rows, paging)
    return page | {"items": [SendingOut.of(sending) for sending in page["items"]]}


@ROUTER.post("/sendings/{number}/again", response=SendingOut, operation_id="fanzha_command_orders_api_send_one_again")
@for_roles(Role.ADMINISTRATOR)
def send_one_again(request: ApiRequest, number: int) -> SendingOut:
    """Retry a delivery that was given up; for administrators of the receiver."""
    rows = Sending.objects.select_related("instance", "receiver").filter(receiver=request.viewer.organization)
    sending = get_object_or_404(rows, pk=number)
    retry_sending(sending, to_actor(request.viewer).person, timezone.now())
    sending.refresh_from_db()
    return SendingOut.of(sending)


@ROUTER.get("/endpoints", response=list[EndpointOut], operation_id="fanzha_command_orders_api_list_endpoints")
@for_roles(Role.ADMINISTRATOR)
def list_endpoints(request: ApiRequest) -> list[EndpointOut]:
    """List the endpoints of the caller's organisation."""
    return [EndpointOut.of(endpoint) for endpoint in Endpoint.objects.filter(owner=request.viewer.organization)]


@ROUTER.put("/endpoints/{channel}", response=EndpointOut, operation_id="fanzha_command_orders_api_set_endpoint")
@for_roles(Role.ADMINISTRATOR)
def set_endpoint(request: ApiRequest, channel: str, body: EndpointIn) -> EndpointOut:
    """Create or update the endpoint of a channel."""
    return EndpointOut.of(save_endpoint(request.viewer, channel, **body.dict()))


@ROUTER.post(
    "/endpoints/{channel}/try", response=EndpointTestOut, operation_id="fanzha_command_orders_api_try_endpoint"
)
@for_roles(Role.ADMINISTRATOR)
@not_repeatable
def try_endpoint(request: ApiRequest, channel: str) -> EndpointTestOut:
    """Test an endpoint."""
    return EndpointTestOut(problem=check_endpoint(_endpoint(request, channel), request.viewer))


@ROUTER.post("/endpoints/{channel}/key", response=EndpointOut, operation_id="fanzha_command_orders_api_new_key")
@for_roles(Role.ADMINISTRATOR)
def new_key(request: ApiRequest, channel: str) -> EndpointOut:
    """Create a new signing key; the previous key also signs until the next rotation."""
    endpoint = _endpoint(request, channel)
    rotate_endpoint_key(endpoint, request.viewer)
    return EndpointOut.of(endpoint)


@ROUTER.get("/received", response=Page[ReceivedMessageOut], operation_id="fanzha_command_orders_api_list_received")
def list_received(request: ApiRequest, paging: PagingQuery) -> dict[str, Any]:
    """List the messages received from the caller's systems."""
    page = paginate(ReceivedMessage.objects.select_related("endpoint"), paging)
    return page | {"items": [ReceivedMessageOut.of(message) for message in page["items"]]}


def _leg(ref: str, name: str) -> "Leg":
    rows = find_legs().select_related("instance__owner", "instance__version", "receiver")
    return get_object_or_404(rows, instance__ref=ref, instance__process=PROCESS, name=name)


def _endpoint(request: ApiRequest, channel: str) -> Endpoint:
    return get_object_or_404(Endpoint, owner=request.viewer.organization, channel=channel)
