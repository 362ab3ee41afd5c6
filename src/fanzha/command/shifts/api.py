"""API routes of assignments, hand-overs and the digest."""

from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from fanzha.command.organizations.schemas import ApiRequest
from fanzha.command.shifts.models import DigestChoice, Handover
from fanzha.command.shifts.schemas import AssignmentIn, DigestChoiceIn, DigestChoiceOut, HandoverIn, HandoverOut
from fanzha.command.shifts.services import assign, choose_digest, hand_over
from fanzha.command.web.api import Page, Paging, paginate

ROUTER = Router(tags=["shifts"])
PagingQuery = Annotated[Paging, Query()]


@ROUTER.post("/assignments", response={204: None}, operation_id="fanzha_command_shifts_api_assign_work")
def assign_work(request: ApiRequest, body: AssignmentIn) -> Status[None]:
    """Assign a campaign or process to a colleague, or unassign it."""
    assign(body.to_item(), body.to, request.viewer)
    return Status(204, None)


@ROUTER.get("/handovers", response=Page[HandoverOut], operation_id="fanzha_command_shifts_api_list_handovers")
def list_handovers(request: ApiRequest, paging: PagingQuery) -> dict[str, object]:
    """List the hand-overs of the caller's organisation, the latest first."""
    page = paginate(Handover.objects.select_related("person", "to"), paging)
    return page | {"items": [HandoverOut.of(row) for row in page["items"]]}


@ROUTER.post("/handovers", response={201: HandoverOut}, operation_id="fanzha_command_shifts_api_hand_work_over")
def hand_work_over(request: ApiRequest, body: HandoverIn) -> Status[HandoverOut]:
    """Hand campaigns and processes over to a colleague, who gets one message; what is refused is left out."""
    items = [item.to_item() for item in body.items]
    handover, _refused = hand_over(items, body.to, body.remark, request.viewer)
    return Status(201, HandoverOut.of(handover))


@ROUTER.get("/handovers/{ref}", response=HandoverOut, operation_id="fanzha_command_shifts_api_read_handover")
def read_handover(request: ApiRequest, ref: str) -> HandoverOut:
    """Return a hand-over."""
    return HandoverOut.of(get_object_or_404(Handover.objects.select_related("person", "to"), ref=ref))


@ROUTER.get("/digest", response=DigestChoiceOut, operation_id="fanzha_command_shifts_api_read_digest_choice")
def read_digest_choice(request: ApiRequest) -> DigestChoiceOut:
    """Return when a digest is mailed to the caller."""
    chosen = DigestChoice.objects.first()
    return DigestChoiceOut.model_validate(chosen, from_attributes=True) if chosen else DigestChoiceOut()


@ROUTER.put("/digest", response=DigestChoiceOut, operation_id="fanzha_command_shifts_api_set_digest_choice")
def set_digest_choice(request: ApiRequest, body: DigestChoiceIn) -> DigestChoiceOut:
    """Set when a digest is mailed to the caller; a key gets none."""
    choose_digest(body.time, body.hour, request.viewer)
    return DigestChoiceOut(time=body.time, hour=body.hour)
