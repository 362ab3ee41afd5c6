"""API routes of tracebacks: for the own programs, and for the sites of other operators."""

from typing import Annotated

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.call_traceback.intake import find_link, receive_answer, receive_request, verify_message
from fanzha.command.call_traceback.links import our_public_keys, rotate_link_key, save_link
from fanzha.command.call_traceback.models import Traceback, TracebackLink, TrunkPartyKind
from fanzha.command.call_traceback.numbers import disclose_numbers
from fanzha.command.call_traceback.schemas import (
    LinkIn,
    LinkOut,
    NumbersOut,
    OperatorCountOut,
    PurposeIn,
    TracebackAnswerIn,
    TracebackIn,
    TracebackOut,
    TracebackReceiptOut,
    TracebackRequestIn,
    TrunkPartyIn,
    TrunkPartyOut,
)
from fanzha.command.call_traceback.selectors import (
    MANAGERS,
    OWNERS,
    READERS,
    TRACERS,
    TRUNK_KEEPERS,
    count_operators,
    find_tracebacks,
    list_links,
    list_trunk_parties,
    load_hops,
    load_states,
)
from fanzha.command.call_traceback.services import begin_traceback
from fanzha.command.call_traceback.trunks import TrunkPartyDraft, save_trunk_party
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import active_organizations
from fanzha.command.web.api import Page, Paging, Problem, for_roles, not_repeatable, paginate
from fanzha.dispose import IncomingMessage, UnverifiedMessage

ROUTER = Router(tags=["tracebacks"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.post("/", response={201: TracebackOut}, operation_id="fanzha_command_call_traceback_api_begin_traceback")
@for_roles(*TRACERS, kinds=OWNERS)
def begin(request: ApiRequest, body: TracebackIn) -> Status[TracebackOut]:
    """Begin to trace a call that ended in the caller's network; the first search takes seconds."""
    row = begin_traceback(request.viewer, body)
    return Status(201, _out([row])[0])


@ROUTER.get("/", response=Page[TracebackOut], operation_id="fanzha_command_call_traceback_api_list_tracebacks")
@for_roles(*READERS, kinds=OWNERS)
def list_tracebacks(request: ApiRequest, paging: PagingQuery, trace: str = "") -> dict[str, object]:
    """List tracebacks that the caller's organisation began or was asked for; `trace` names one at all operators."""
    page = paginate(find_tracebacks(trace), paging)
    return page | {"items": _out(page["items"])}


@ROUTER.get(
    "/operators", response=list[OperatorCountOut], operation_id="fanzha_command_call_traceback_api_count_operators"
)
@for_roles(*READERS, kinds=OWNERS)
def count_answers(request: ApiRequest) -> list[OperatorCountOut]:
    """Return how the operators that were asked within 90 days answer: in time, late, overdue."""
    return [OperatorCountOut(**count._asdict()) for count in count_operators(timezone.now())]


@ROUTER.get("/trunks", response=Page[TrunkPartyOut], operation_id="fanzha_command_call_traceback_api_list_trunks")
@for_roles(*READERS, *MANAGERS, kinds=OWNERS)
def list_trunks(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List who hands calls over at which ingress trunk."""
    page = paginate(list_trunk_parties(), paging)
    return page | {"items": [TrunkPartyOut.of(party) for party in page["items"]]}


@ROUTER.post(
    "/trunks", response={201: TrunkPartyOut}, operation_id="fanzha_command_call_traceback_api_enter_trunk_party"
)
@for_roles(*TRUNK_KEEPERS, kinds=OWNERS)
def enter_trunk(request: ApiRequest, body: TrunkPartyIn) -> Status[TrunkPartyOut]:
    """Enter who hands calls over at a trunk since a moment, now if none is given."""
    operator = active_organizations().filter(ref=body.operator).first() if body.operator else None
    values = body.dict() | {"kind": TrunkPartyKind(body.kind), "operator": operator}
    return Status(201, TrunkPartyOut.of(save_trunk_party(request.viewer, TrunkPartyDraft(**values))))


@ROUTER.get("/links", response=list[LinkOut], operation_id="fanzha_command_call_traceback_api_list_links")
@for_roles(*MANAGERS, kinds=OWNERS)
def list_operator_links(request: ApiRequest) -> list[LinkOut]:
    """List the operators that the caller's organisation can ask, and whose questions it takes."""
    return [LinkOut.of(link, our_public_keys(link)) for link in list_links()]


@ROUTER.put("/links/{partner}", response=LinkOut, operation_id="fanzha_command_call_traceback_api_set_link")
@for_roles(*MANAGERS, kinds=OWNERS)
def set_link(request: ApiRequest, partner: str, body: LinkIn) -> LinkOut:
    """Create or change the link to an operator, named by its reference."""
    organization = get_object_or_404(active_organizations(), ref=partner)
    link = save_link(request.viewer, organization, **body.dict())
    return LinkOut.of(link, our_public_keys(link))


@ROUTER.post("/links/{partner}/key", response=LinkOut, operation_id="fanzha_command_call_traceback_api_change_link_key")
@for_roles(*MANAGERS, kinds=OWNERS)
def change_link_key(request: ApiRequest, partner: str) -> LinkOut:
    """Sign with a new key; the previous one also signs until the next change."""
    link = get_object_or_404(list_links(), partner__ref=partner)
    rotate_link_key(link, request.viewer)
    return LinkOut.of(link, our_public_keys(link))


@ROUTER.post(
    "/from/{link}/requests",
    response=TracebackReceiptOut,
    operation_id="fanzha_command_call_traceback_api_receive_request",
)
def take_request(request: ApiRequest, link: str, body: TracebackRequestIn) -> TracebackReceiptOut:
    """Take the question of another operator's site, signed as Standard Webhooks; a repeat changes nothing."""
    receipt = receive_request(_verified(request, link), body)
    return TracebackReceiptOut(ref=receipt.traceback.ref, is_new=receipt.is_new)


@ROUTER.post(
    "/from/{link}/answers",
    response=TracebackReceiptOut,
    operation_id="fanzha_command_call_traceback_api_receive_answer",
)
def take_answer(request: ApiRequest, link: str, body: TracebackAnswerIn) -> TracebackReceiptOut:
    """Take the answer of another operator's site; one that is not newer than the last changes nothing."""
    receipt = receive_answer(_verified(request, link), body)
    if receipt is None:
        raise Problem("not_found")
    return TracebackReceiptOut(ref=receipt.traceback.ref, is_new=receipt.is_new)


@ROUTER.get("/{ref}", response=TracebackOut, operation_id="fanzha_command_call_traceback_api_read_traceback")
@for_roles(*READERS, kinds=OWNERS)
def read_traceback(request: ApiRequest, ref: str) -> TracebackOut:
    """Return a traceback with its hops and their clocks. Steps are taken by the routes of its process."""
    return _out([get_object_or_404(find_tracebacks(), ref=ref)])[0]


@ROUTER.post("/{ref}/numbers", response=NumbersOut, operation_id="fanzha_command_call_traceback_api_disclose_numbers")
@for_roles(*READERS, kinds=OWNERS)
@not_repeatable
def disclose(request: ApiRequest, ref: str, body: PurposeIn) -> NumbersOut:
    """Return the numbers of a call; who reads them and why is on record and counts against the budgets (429)."""
    row = get_object_or_404(find_tracebacks(), ref=ref)
    changed = disclose_numbers(row, load_hops([row])[row.pk], request.viewer, body.purpose)
    return NumbersOut(called=row.called, calling=row.calling, changed=changed)


def _verified(request: HttpRequest, ref: str) -> TracebackLink:
    """Return the link of a signed message of the caller's organisation."""
    link = find_link(ref, request.organization.pk)  # type: ignore[attr-defined]
    if link is None:
        raise Problem("not_found")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        verify_message(link, IncomingMessage(request.body, headers), timezone.now())
    except UnverifiedMessage as unverified:
        raise Problem("forbidden", str(unverified)) from None
    return link


def _out(rows: list[Traceback]) -> list[TracebackOut]:
    hops, states, now = load_hops(rows), load_states(rows), timezone.now()
    return [TracebackOut.of(row, states.get(row.process, ""), hops[row.pk], now) for row in rows]
