"""API routes of number tags: add and settle tags, give codes, and decide disputes."""

from typing import TYPE_CHECKING, Annotated

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Status

from fanzha.base.words import Words
from fanzha.command.number_tags.models import TagDispute, TagOutcome
from fanzha.command.number_tags.schemas import (
    SettlementIn,
    SettlementOut,
    TagCodeIn,
    TagCodeOut,
    TagDecisionIn,
    TagDisputeOut,
    TagIn,
)
from fanzha.command.number_tags.services import (
    Tagging,
    add_tag,
    canonical_value,
    decide_dispute,
    give_code,
    settle_tags,
)
from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.organizations.selectors import get_actor, responsible_person
from fanzha.command.web.api import Page, Paging, for_roles, paginate
from fanzha.command.web.roles import Kind, Role
from fanzha.processes.refusal import Reason, Refusal

if TYPE_CHECKING:
    from fanzha.command.organizations.models import Person

ROUTER = Router(tags=["number_tags"])
PagingQuery = Annotated[Paging, Query()]
_TAKERS = (Kind.CARRIER, Kind.MVNO, Kind.CENTRE, Kind.REGULATOR, Kind.PLATFORM, Kind.PARTNER)
_SETTLERS = (Kind.CENTRE, Kind.REGULATOR, Kind.POLICE)
_COUNTERS = (Kind.CARRIER, Kind.MVNO)


@ROUTER.post("/tags", response={204: None}, operation_id="fanzha_command_number_tags_api_add_tag")
@for_roles(Role.ANALYST, Role.EXECUTOR, Role.LIAISON, kinds=_TAKERS)
def add_users_tag(request: ApiRequest, body: TagIn) -> Status[None]:
    """Add a tag by a user of the organisation, or renew the one that the user gave before."""
    tagger = f"{request.organization.ref} {body.tagger}"
    tagging = Tagging(body.kind, body.value, body.category, tagger, body.block, body.text)
    add_tag(request.organization, tagging, timezone.now())
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
@for_roles(Role.CLERK, Role.REVIEWER, kinds=_COUNTERS)
def list_disputes(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the disputes of the organisation, the latest first."""
    page = paginate(TagDispute.objects.filter(disputed_at__isnull=False), paging)
    return page | {"items": [TagDisputeOut.of(row) for row in page["items"]]}


@ROUTER.post("/codes", response={201: TagCodeOut}, operation_id="fanzha_command_number_tags_api_give_code")
@for_roles(Role.CLERK, Role.REVIEWER, kinds=_COUNTERS)
def give_holder_code(request: ApiRequest, body: TagCodeIn) -> Status[TagCodeOut]:
    """Give a code to a holder whose identity was checked at the counter."""
    row, code = give_code(request.organization, body.number, _get_person(request))
    return Status(201, TagCodeOut(ref=row.ref, code=code))


@ROUTER.post(
    "/disputes/{ref}/decision", response={204: None}, operation_id="fanzha_command_number_tags_api_decide_dispute"
)
@for_roles(Role.REVIEWER, kinds=_COUNTERS)
def decide_open_dispute(request: ApiRequest, ref: str, body: TagDecisionIn) -> Status[None]:
    """Decide a dispute; not by who gave the code."""
    row = get_object_or_404(TagDispute.objects.select_related("owner"), ref=ref)
    decide_dispute(row, _get_person(request), upheld=body.upheld)
    return Status(204, None)


def _get_person(request: ApiRequest) -> "Person":
    """Return the person who asks, or who made the key. Raise Refusal if nobody is responsible for the key."""
    person = responsible_person(get_actor(request.viewer))
    if person is None:
        raise Refusal(Reason.ROLE, Words("该密钥没有责任人", "nobody is responsible for this key"))
    return person
