"""API routes of number tags: add and settle tags, give codes, and decide disputes."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.command.number_tags.models import TagDispute, TagOutcome
from fanzha.command.number_tags.schemas import (
    ProofIn,
    SettlementIn,
    SettlementOut,
    TagCodeIn,
    TagCodeOut,
    TagDecisionIn,
    TagDisputeOut,
    TagIn,
)
from fanzha.command.number_tags.services import (
    PHONE,
    ProofMethod,
    Tagging,
    add_tag,
    canonical_value,
    prove_number,
    settle_tags,
)
from fanzha.command.number_tags.tag_disputes import DECIDERS, decide_dispute, give_code
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor, get_deciding_person, get_responsible_person
from fanzha.command.web.api import Page, Paging, for_roles, paginate
from fanzha.command.web.roles import Kind, Role

ROUTER = Router(tags=["number_tags"])
PagingQuery = Annotated[Paging, Query()]
_TAKERS = (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.REGULATOR, Kind.PLATFORM, Kind.PARTNER)
_SETTLERS = (Kind.CENTRE, Kind.REGULATOR, Kind.POLICE)
_COUNTERS = (Kind.CARRIER, Kind.MVNO)
_READERS = (*_COUNTERS, *DECIDERS)


@ROUTER.post("/tags", response={204: None}, operation_id="fanzha_command_number_tags_api_add_tag")
@for_roles(Role.ANALYST, Role.EXECUTOR, Role.LIAISON, kinds=_TAKERS)
def add_users_tag(request: ApiRequest, body: TagIn) -> Status[None]:
    """Add a tag by a user of the organisation, or renew the one that the user gave before."""
    tagger = f"{request.organization.ref} {body.tagger}"
    tagging = Tagging(body.kind, body.value, body.category, tagger, body.block, body.text, is_bulk=True)
    add_tag(request.organization, tagging, timezone.now())
    return Status(204, None)


@ROUTER.post("/proofs", response={204: None}, operation_id="fanzha_command_number_tags_api_prove_number")
@for_roles(Role.ANALYST, Role.EXECUTOR, kinds=_COUNTERS)
def prove_own_number(request: ApiRequest, body: ProofIn) -> Status[None]:
    """State the result of a check that an own number made the reported calls; its tags are then about its holder."""
    value = canonical_value(PHONE, body.number)
    actor = get_actor(request.viewer).ref
    prove_number(request.organization, value, ProofMethod(body.method), timezone.now(), actor=actor)
    return Status(204, None)


@ROUTER.post("/settlements", response=SettlementOut, operation_id="fanzha_command_number_tags_api_settle_tags")
@for_roles(Role.ANALYST, Role.REVIEWER, kinds=_SETTLERS)
def settle_checked_tags(request: ApiRequest, body: SettlementIn) -> SettlementOut:
    """State whether the tags of a value were right: the record of each tagger follows."""
    value = canonical_value(body.kind, body.value)
    actor = get_actor(request.viewer).ref
    settled = settle_tags(body.kind, value, TagOutcome(body.outcome), timezone.now(), actor=actor)
    return SettlementOut(settled=settled)


@ROUTER.get("/disputes", response=Page[TagDisputeOut], operation_id="fanzha_command_number_tags_api_list_disputes")
@for_roles(Role.CLERK, Role.REVIEWER, kinds=_READERS)
def list_disputes(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the disputes that the organisation gave a code for or decides, the latest first."""
    page = paginate(TagDispute.objects.filter(disputed_at__isnull=False), paging)
    return page | {"items": [TagDisputeOut.of(row) for row in page["items"]]}


@ROUTER.post("/codes", response={201: TagCodeOut}, operation_id="fanzha_command_number_tags_api_give_code")
@for_roles(Role.CLERK, Role.REVIEWER, kinds=_COUNTERS)
def give_holder_code(request: ApiRequest, body: TagCodeIn) -> Status[TagCodeOut]:
    """Give a code to a holder whose identity was checked at the counter."""
    person, is_looked_up = get_responsible_person(request.viewer), body.in_customer_system
    row, code = give_code(request.organization, body.number, person, is_in_customer_system=is_looked_up)
    return Status(201, TagCodeOut(ref=row.ref, code=code))


@ROUTER.post(
    "/disputes/{ref}/decision", response={204: None}, operation_id="fanzha_command_number_tags_api_decide_dispute"
)
@for_roles(Role.REVIEWER, kinds=_READERS)
def decide_open_dispute(request: ApiRequest, ref: str, body: TagDecisionIn) -> Status[None]:
    """Decide a dispute that was passed to the organisation."""
    row = get_object_or_404(TagDispute.to_decide(request.viewer), ref=ref)
    decide_dispute(row, get_deciding_person(request.viewer), upheld=body.upheld)
    return Status(204, None)
